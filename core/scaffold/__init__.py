"""Writes the folder of a new movement: sound as it stands, and certified by the kit before anything is changed."""
