"""What stands around the rooms, and the adapter between Streamlit and the page's state."""
