"""Help: explanations of controls, shortcuts, glossary, tour."""
