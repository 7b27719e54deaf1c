"""Streamlit pages and the live component. The only home of streamlit besides app.py."""
