//! What both halves of Sluice share: fields, facts, records, counters, commands.
