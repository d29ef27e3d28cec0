"""What the page is, apart from how it is drawn: its state, its runs, and the threads that train them.

No module of this folder imports Streamlit.
"""
