using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// What goes along with a credential and proves it without a network, as C2SP's tlog-proof has it: the place of its
/// issuance in the log, the way from there to a head, the head with its signatures; and as extra data the leaf, and
/// what the head's standing trees say of credential and issuer. Nothing counts before <see cref="LogProofVerifier"/>.
/// </summary>
/// <param name="Index">The number of the leaf.</param>
/// <param name="Path">The proof that it lies in the log.</param>
/// <param name="Evidence">What else is needed.</param>
/// <param name="Head">The head.</param>
public sealed record LogProofFile(
    long Index, IReadOnlyList<byte[]> Path, LogProofEvidence Evidence, SignedNote Head)
{
    /// <summary>What such files' names end in.</summary>
    public const string Extension = ".tlog-proof";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.microcreds.tlog-proof";

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 128 * 1024;

    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraWord = "extra ";
    private const string IndexWord = "index ";

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static LogProofFile Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw new FormatException($"It has {utf8.Length} bytes; at most {MaxBytes} are read.");
        int end = utf8.IndexOf("\n\n"u8);
        if (end < 0) throw new FormatException("No empty line stands before the log's head.");
        string[] lines = Encoding.UTF8.GetString(utf8[..end]).Split('\n');
        if (lines[0] != FirstLine) throw new FormatException($"Its first line is not {FirstLine}.");
        if (lines is not [_, var extra, var index, ..] || !extra.StartsWith(ExtraWord, StringComparison.Ordinal)
            || !NoteBase64.TryDecode(extra[ExtraWord.Length..], out byte[] packed))
        {
            throw new FormatException("Its second line is not extra, a space and base64.");
        }

        if (!index.StartsWith(IndexWord, StringComparison.Ordinal)
            || !LogHead.TryParseSize(index[IndexWord.Length..], out long number))
        {
            throw new FormatException("Its third line is not index, a space and the leaf's number.");
        }

        const int Before = 3;
        if (lines.Length > Before + LogProofs.MaxHashes)
            throw new FormatException($"Its path has {lines.Length - Before} hashes; at most {LogProofs.MaxHashes}.");
        var path = new List<byte[]>();
        foreach (string line in lines.Skip(Before))
        {
            if (!NoteBase64.TryDecodeHash(line, out byte[] hash))
                throw new FormatException("A line of its path is not base64 of the 32 bytes of a hash.");
            path.Add(hash);
        }

        return new LogProofFile(number, path, LogProofEvidence.Unpack(packed), SignedNote.Parse(utf8[(end + 2)..]));
    }

    /// <summary>Writes the file.</summary>
    public byte[] ToBytes()
    {
        string index = Index.ToString(CultureInfo.InvariantCulture);
        string path = string.Concat(Path.Select(hash => Convert.ToBase64String(hash) + "\n"));
        string extra = Convert.ToBase64String(Evidence.Pack());
        return
        [
            .. Encoding.UTF8.GetBytes($"{FirstLine}\n{ExtraWord}{extra}\n{IndexWord}{index}\n{path}\n"),
            .. Head.ToBytes(),
        ];
    }
}

/// <summary>What a proof needs beside the log's own path: its extra data, canonical JSON packed by DEFLATE.</summary>
public sealed record LogProofEvidence
{
    private const int MaxBytes = 256 * 1024;

    /// <summary>The leaf of the credential's issuance, a <see cref="LogLeaf"/>.</summary>
    public required JsonElement Leaf { get; init; }

    /// <summary>What stands of the credential.</summary>
    public required StandingProof Credential { get; init; }

    /// <summary>What stands of its issuer.</summary>
    public required StandingProof Issuer { get; init; }

    /// <summary>Reads the extra data.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    internal static LogProofEvidence Unpack(byte[] packed)
    {
        byte[] json = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            using var inflated = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            int length = inflated.ReadAtLeast(
                json.AsSpan(0, MaxBytes + 1), MaxBytes + 1, throwOnEndOfStream: false);
            return length > MaxBytes
                ? throw new FormatException($"Its extra data unpack to more than {MaxBytes} bytes.")
                : LedgerJson.Deserialize<LogProofEvidence>(json.AsSpan(0, length));
        }
        catch (Exception e) when (e is StrictJsonException or InvalidDataException)
        {
            throw new FormatException($"Its extra data cannot be read: {e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(json);
        }
    }

    internal byte[] Pack()
    {
        var packed = new MemoryStream();
        using (var deflating = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflating.Write(CanonicalJson.Serialize(this));
        return packed.ToArray();
    }
}
