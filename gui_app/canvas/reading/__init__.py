"""What is read under the cursor and of single points."""
