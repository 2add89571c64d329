"""What is true of languages whatever the beat: folding, scripts, inflection, sentences, numbers."""
