namespace MicroCreds.Ledger.CommandLine.Reporting;

/// <summary>Text of others on a terminal.</summary>
internal static class Plain
{
    /// <summary>
    /// Takes control characters out: a name in a credential must not move the cursor and write a verdict of its own.
    /// </summary>
    public static string Line(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c)
            is System.Globalization.UnicodeCategory.Format ? '\ufffd' : c));
}
