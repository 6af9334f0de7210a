namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>An object of a PDF.</summary>
/// <param name="Value">Its value; a stream's dictionary.</param>
/// <param name="Source">Where a stream's bytes lie.</param>
/// <param name="Begin">Where they begin.</param>
/// <param name="Length">How many they are; 0 where it is no stream.</param>
internal sealed record PdfObject(object? Value, byte[] Source, int Begin, int Length)
{
    /// <summary>An entry of its dictionary; null where there is none.</summary>
    public object? this[string name] => (Value as Dictionary<string, object?>)?.GetValueOrDefault(name);

    /// <summary>Whether its type, or another entry, is a name.</summary>
    public bool Is(string name, string entry = "Type") => this[entry] is PdfName { Text: var text } && text == name;

    /// <summary>A stream's bytes as they stand there.</summary>
    public ReadOnlyMemory<byte> Bytes => Source.AsMemory(Begin, Length);
}
