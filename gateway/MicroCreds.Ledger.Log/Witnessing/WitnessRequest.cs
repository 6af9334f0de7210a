using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Log.Witnessing;

/// <summary>
/// What a log asks a witness to cosign: the body of <c>add-checkpoint</c> as C2SP's tlog-witness has it.
/// </summary>
/// <param name="OldSize">The size that the witness cosigned last, as far as the log knows.</param>
/// <param name="Proof">The proof that the head holds all of that.</param>
/// <param name="Checkpoint">The head, signed by its log.</param>
public sealed record WitnessRequest(long OldSize, IReadOnlyList<byte[]> Proof, SignedNote Checkpoint)
{
    /// <summary>
    /// The largest request that is read, in bytes: far less than a note may have, since a log sends no signature but
    /// its own.
    /// </summary>
    public const int MaxBytes = 72 * 1024;

    private const string Old = "old ";

    /// <summary>Reads a request.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static WitnessRequest Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxBytes)
            throw new FormatException($"The request has {body.Length} bytes; at most {MaxBytes} are read.");
        int end = body.IndexOf("\n\n"u8);
        if (end < 0) throw new FormatException("No empty line stands before the checkpoint.");
        string[] lines = Encoding.UTF8.GetString(body[..end]).Split('\n');
        if (!lines[0].StartsWith(Old, StringComparison.Ordinal)
            || !LogHead.TryParseSize(lines[0][Old.Length..], out long size))
        {
            throw new FormatException("The first line is not old, a space and the size that was cosigned last.");
        }

        if (lines.Length > 1 + LogProofs.MaxHashes)
        {
            throw new FormatException(
                $"The proof has {lines.Length - 1} hashes; at most {LogProofs.MaxHashes} are read.");
        }

        var proof = new List<byte[]>();
        foreach (string line in lines.Skip(1))
        {
            if (!NoteBase64.TryDecodeHash(line, out byte[] hash))
                throw new FormatException("A line of the proof is not base64 of the 32 bytes of a hash.");
            proof.Add(hash);
        }

        return new WitnessRequest(size, proof, SignedNote.Parse(body[(end + 2)..]));
    }

    /// <summary>Writes the request.</summary>
    public byte[] ToBytes()
    {
        string size = OldSize.ToString(CultureInfo.InvariantCulture);
        string proof = string.Concat(Proof.Select(hash => Convert.ToBase64String(hash) + "\n"));
        return [.. Encoding.UTF8.GetBytes($"{Old}{size}\n{proof}\n"), .. Checkpoint.ToBytes()];
    }
}
