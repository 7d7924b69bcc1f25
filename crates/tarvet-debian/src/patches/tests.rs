mod apply;
mod judge;
mod oracle;
mod parse;
