using System.Buffers.Binary;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>A line of a note that says it was signed. Nothing is verified yet.</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="KeyId">The id of the key.</param>
/// <param name="Bytes">The signature.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes)
{
    private const string Dash = "\u2014 ";

    /// <summary>Reads a line, without its newline.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static NoteSignature Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        string[] parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ', 2) : [];
        if (parts is not [var name, var base64] || !NoteKey.IsName(name)
            || !NoteBase64.TryDecode(base64, out byte[] bytes) || bytes.Length <= NoteKey.IdBytes)
        {
            throw new FormatException(
                "A line of the note's signatures is none: it must be an em dash, the key's name and base64 of the "
                + "key's id and the signature.");
        }

        return new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(NoteKey.IdBytes));
    }

    /// <summary>Writes the line, with its newline.</summary>
    public override string ToString()
    {
        byte[] bytes = [0, 0, 0, 0, .. Bytes.Span];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        return $"{Dash}{Name} {Convert.ToBase64String(bytes)}\n";
    }
}
