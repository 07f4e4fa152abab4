//! Rule text to checked model to flat image; evaluation and explanation.
