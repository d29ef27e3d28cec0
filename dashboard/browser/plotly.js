/** Plotly, which Streamlit brings, and the charts that it has drawn. */

/** @returns {any} nothing, as long as the page has no chart */
export const plotly = () => /** @type {any} */ (window).Plotly

/**
 * The charts within elements of that selector, as far as they are drawn.
 * @param {string} selector
 * @returns {any[]}
 */
export const drawnCharts = (selector) =>
  [...document.querySelectorAll(`${selector} .js-plotly-plot`)].filter(
    (chart) => /** @type {any} */ (chart)._fullLayout,
  )
