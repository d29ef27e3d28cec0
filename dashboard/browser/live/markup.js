/** The stage's elements: figures strip, timeline, status. Numbers and words come into `data-say`. */
export const MARKUP = `
<div class="strip">
  <div class="tile">
    <span class="label" data-say="epoch-label"></span>
    <span><b data-say="epoch"></b> <small data-say="epoch-of"></small></span>
  </div>
  <div class="tile">
    <span class="label" data-say="loss-label"></span>
    <span><b data-say="loss-train"></b> <small class="train" data-split="train"></small></span>
    <span><b data-say="loss-test"></b> <small class="test" data-split="test"></small></span>
  </div>
  <div class="tile">
    <span class="label" data-say="score-label"></span>
    <span><b data-say="score-train"></b> <small class="train" data-split="train"></small></span>
    <span><b data-say="score-test"></b> <small class="test" data-split="test"></small></span>
  </div>
  <div class="tile">
    <span class="label" data-say="pace-label"></span>
    <span><b data-say="pace"></b></span>
  </div>
</div>
<div class="timeline">
  <div class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"><u></u><i></i></div>
  <input type="range" min="0" step="1" />
</div>
<p class="status" aria-live="polite">
  <b data-say="title"></b> <span data-say="status"></span> <button type="button" data-say="remedy" hidden></button>
</p>
`
