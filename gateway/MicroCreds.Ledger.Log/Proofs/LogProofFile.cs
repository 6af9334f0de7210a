using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// What goes along with a credential and proves it without a network, as C2SP's tlog-proof has it: the place of its
/// issuance in the log, the way from there to a head, the head with its signatures; and as extra data what the
/// credential does not say of the leaf, and what the head's standing trees say of credential and issuer. Nothing counts
/// before <see cref="LogProofVerifier"/>.
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
    public const int MaxBytes = 512 * 1024;

    private static ReadOnlySpan<byte> FirstLine => "c2sp.org/tlog-proof@v1\n"u8;

    private static ReadOnlySpan<byte> ExtraWord => "extra "u8;

    private static ReadOnlySpan<byte> IndexWord => "index "u8;

    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="credential">The credential that it came with, from which the leaf is made up.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static LogProofFile Parse(ReadOnlySpan<byte> utf8, ReadCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var packed = Split(utf8, out var rest);
        int end = rest.IndexOf("\n\n"u8);
        if (end < 0) throw new FormatException("No empty line stands before the log's head.");
        var lines = rest[..(end + 1)];
        var index = Line(ref lines);
        if (!index.StartsWith(IndexWord)
            || !LogHead.TryParseSize(Encoding.UTF8.GetString(index[IndexWord.Length..]), out long number))
        {
            throw new FormatException("Its third line is not index, a space and the leaf's number.");
        }

        int count = lines.Count((byte)'\n');
        if (count > LogProofs.MaxHashes)
            throw new FormatException($"Its path has {count} hashes; at most {LogProofs.MaxHashes}.");
        byte[][] path = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            if (!NoteBase64.TryDecodeHash(Line(ref lines), out path[i]))
                throw new FormatException("A line of its path is not base64 of the 32 bytes of a hash.");
        }

        return new LogProofFile(
            number, path, EvidencePacking.Unpack(packed, credential), SignedNote.Parse(rest[(end + 2)..]));
    }

    /// <summary>Gives a file's extra data, as they are packed.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="rest">What stands behind them: index, path and head.</param>
    /// <exception cref="FormatException">It is none.</exception>
    internal static byte[] Split(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> rest)
    {
        if (utf8.Length > MaxBytes)
            throw new FormatException($"It has {utf8.Length} bytes; at most {MaxBytes} are read.");
        if (!utf8.StartsWith(FirstLine))
        {
            throw new FormatException(
                $"Its first line is not {Encoding.UTF8.GetString(FirstLine[..^1])}.");
        }

        rest = utf8[FirstLine.Length..];
        var extra = Line(ref rest);
        return extra.StartsWith(ExtraWord) && NoteBase64.TryDecode(extra[ExtraWord.Length..], out byte[] packed)
            ? packed : throw new FormatException("Its second line is not extra, a space and base64.");
    }

    /// <summary>Tells whether a file proves what stands of this credential and of no other.</summary>
    /// <param name="utf8">The file, or something else.</param>
    /// <param name="credential">The credential.</param>
    public static bool IsOf(ReadOnlySpan<byte> utf8, ReadCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        try
        {
            var (file, anchor) = (Parse(utf8, credential), credential.Anchor);
            return file.Evidence.Leaf.Statement is not null && file.Evidence.Credential.TryOpen(
                StandingRoots.Of(LogHead.Parse(file.Head.Text)).CredentialsRoot.Span,
                LogStanding.KeyOf(anchor.MspId, anchor.Root, anchor.Index), out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="credential">
    /// The credential that it goes along with: what that says is left away. Default is none: then it is not known what.
    /// </param>
    public byte[] ToBytes(ReadCredential? credential = null)
    {
        string index = Index.ToString(CultureInfo.InvariantCulture);
        string path = string.Concat(Path.Select(hash => Convert.ToBase64String(hash) + "\n"));
        string extra = Convert.ToBase64String(EvidencePacking.Pack(Evidence, credential));
        return
        [
            .. FirstLine, .. ExtraWord, .. Encoding.UTF8.GetBytes($"{extra}\n"),
            .. IndexWord, .. Encoding.UTF8.GetBytes($"{index}\n{path}\n"), .. Head.ToBytes(),
        ];
    }

    /// <summary>Takes a line from the front, without its newline.</summary>
    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> left)
    {
        int end = left.IndexOf((byte)'\n');
        var line = end < 0 ? left : left[..end];
        left = end < 0 ? default : left[(end + 1)..];
        return line;
    }
}

/// <summary>What a proof needs beside the log's own path: its extra data.</summary>
public sealed record LogProofEvidence
{
    /// <summary>
    /// The leaf of the credential's issuance; without its statement where that is none of the credential's.
    /// </summary>
    public required LogLeaf Leaf { get; init; }

    /// <summary>What the leaf of a file that was read says was issued; none if it says nothing of the kind.</summary>
    internal IssuanceStatement? Statement { get; init; }

    /// <summary>What stands of the credential.</summary>
    public required StandingProof Credential { get; init; }

    /// <summary>What stands of its issuer.</summary>
    public required StandingProof Issuer { get; init; }

    /// <summary>
    /// Whether the proof says no more of the issuer than that it has one name alone, and leaves that to the credential.
    /// </summary>
    public bool IsIssuerAsNamed { get; init; }
}
