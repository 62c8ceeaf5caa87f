"""What a run is asked: one pure function a file, each with its axis and points; `catalogue` lists them."""
