"""The page, in Streamlit. Nothing below it knows a screen."""
