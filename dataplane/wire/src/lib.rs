//! Codecs of every layer between the frame and the text of a short message.
