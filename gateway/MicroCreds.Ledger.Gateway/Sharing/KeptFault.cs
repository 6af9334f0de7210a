namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>Something that a browser was to keep, and that could not be read.</summary>
/// <param name="File">What its file was called; empty if it came in none.</param>
/// <param name="Text">Why, and what can be done, in the visitor's language.</param>
public sealed record KeptFault(string File, string Text);
