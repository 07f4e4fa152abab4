//! Trees of BER elements grown from an input, so that a mutation changes the tree and not only its octets.
//!
//! An input is a programme of steps; each begins with an octet of which bits 0–1 say what it does and bits 2–4 in
//! which form the length is written (X.690 §8.1.3):
//!
//! ```text
//!   0 primitive   form   tag   count   content ...          1 open   form   tag   [error of the length]
//!   2 close                                                 3 open   form   tag   how often
//! ```
//! A tag is one octet, or several as X.690 §8.1.2.4 has it. What is left open at the end is closed.

use super::source::Source;
use sluice_wire::ber::Reader;

/// Octets after which a tree grows no more.
const OCTETS_MAX: usize = 4096;
/// Elements inside one another.
const DEPTH_MAX: usize = 200;

const PRIMITIVE: u8 = 0;
const OPEN: u8 = 1;
const CLOSE: u8 = 2;

/// How a length is written.
#[derive(Clone, Copy)]
enum Form {
    Shortest,
    /// In so many octets after the first.
    Long(usize),
    Indefinite,
    /// Indefinite, and never ended.
    Endless,
    /// The shortest, of a length that is wrong by so much.
    Wrong(i8),
}

impl Form {
    fn of(step: u8, source: &mut Source<'_>) -> Self {
        match step >> 2 & 7 {
            2 => Self::Long(1),
            3 => Self::Long(2),
            4 => Self::Long(4),
            5 => Self::Indefinite,
            6 => Self::Endless,
            7 => Self::Wrong(source.octet() as i8),
            _ => Self::Shortest,
        }
    }
}

struct Open<'a> {
    tag: &'a [u8],
    form: Form,
    content: Vec<u8>,
}

/// The octets of the tree that a programme grows.
pub fn grow(source: &mut Source<'_>) -> Vec<u8> {
    let mut stack = vec![Open { tag: &[], form: Form::Shortest, content: Vec::new() }];
    let mut total = 0;
    while !source.is_empty() && total < OCTETS_MAX {
        let step = source.octet();
        let tag = if step & 3 == CLOSE { &[] } else { tag(source) };
        let form = if step & 3 == CLOSE { Form::Shortest } else { Form::of(step, source) };
        match step & 3 {
            PRIMITIVE => {
                let count = source.octet().into();
                let content = source.take(count).to_vec();
                total += content.len() + 2;
                write(&mut top(&mut stack).content, Open { tag, form, content });
            }
            CLOSE => close(&mut stack),
            step => {
                let times = if step == OPEN { 1 } else { source.octet().into() };
                for _ in 0..times {
                    if stack.len() < DEPTH_MAX {
                        stack.push(Open { tag, form, content: Vec::new() });
                        total += 2;
                    }
                }
            }
        }
    }
    while stack.len() > 1 {
        close(&mut stack);
    }
    std::mem::take(&mut top(&mut stack).content)
}

fn top<'s, 'a>(stack: &'s mut [Open<'a>]) -> &'s mut Open<'a> {
    stack.last_mut().expect("the outermost is never closed")
}

fn close(stack: &mut Vec<Open<'_>>) {
    if stack.len() > 1 {
        let inner = stack.pop().expect("more than one");
        write(&mut top(stack).content, inner);
    }
}

/// A tag at the front of the input.
fn tag<'a>(source: &mut Source<'a>) -> &'a [u8] {
    source.take(tag_octets(source.rest()))
}

/// X.690 §8.1.2.4: five bits all set, then octets as long as their first bit is set.
fn tag_octets(octets: &[u8]) -> usize {
    match octets {
        [first, more @ ..] if first & 0x1F == 0x1F => {
            (1 + more.iter().take_while(|octet| **octet & 0x80 != 0).count() + 1).min(6)
        }
        _ => 1,
    }
}

fn write(out: &mut Vec<u8>, element: Open<'_>) {
    let Open { tag, form, content } = element;
    let length = content.len();
    let wide = (length as u32).to_be_bytes();
    out.extend(tag);
    match form {
        Form::Indefinite | Form::Endless => out.push(0x80),
        Form::Wrong(error) => out.push((length as u8).wrapping_add_signed(error)),
        Form::Long(count) if count < needed(length) => shortest(out, length, wide),
        Form::Long(count) => {
            out.push(0x80 | count as u8);
            out.extend(&wide[4 - count..]);
        }
        Form::Shortest => shortest(out, length, wide),
    }
    out.extend(content);
    if matches!(form, Form::Indefinite) {
        out.extend([0, 0]);
    }
}

fn shortest(out: &mut Vec<u8>, length: usize, wide: [u8; 4]) {
    if length < 0x80 {
        out.push(length as u8);
    } else {
        out.push(0x80 | needed(length) as u8);
        out.extend(&wide[4 - needed(length)..]);
    }
}

const fn needed(length: usize) -> usize {
    match length {
        0..=0xFF => 1,
        0x100..=0xFFFF => 2,
        _ => 4,
    }
}

/// The programme that grows these octets, or their like in the shortest form.
pub fn programme(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_programme(octets, 0, &mut out);
    out
}

fn write_programme(octets: &[u8], depth: usize, out: &mut Vec<u8>) {
    let mut reader = Reader::new(octets);
    while let Ok(Some(element)) = reader.next() {
        let tag = &element.raw[..tag_octets(element.raw).min(element.raw.len())];
        let form = if element.form.indefinite() { 5 << 2 } else { 0 };
        if element.tag.constructed() && depth < DEPTH_MAX {
            out.push(OPEN | form);
            out.extend(tag);
            write_programme(element.value, depth + 1, out);
            out.push(CLOSE);
        } else {
            out.push(PRIMITIVE);
            out.extend(tag);
            let content = &element.value[..element.value.len().min(255)];
            out.push(content.len() as u8);
            out.extend(content);
        }
    }
}
