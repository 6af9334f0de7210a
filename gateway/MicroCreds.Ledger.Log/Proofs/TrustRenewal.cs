using System.Text;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// Renews a trust file by the log's own heads: a head that enough of those signed whom the file names, and the proof of
/// what that head says of the members and the keys that they sign with. All of it, so that nobody can leave out that a
/// key was withdrawn; and never an older one. Immutable.
/// </summary>
/// <param name="proof">The proof that the head names the members.</param>
/// <param name="head">The head, with its signatures.</param>
public sealed class TrustRenewal(StandingProof proof, SignedNote head)
{
    /// <summary>What such files' names end in.</summary>
    public const string Extension = ".trust-renewal";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.microcreds.trust-renewal";

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string FirstLine = "trust-renewal/v1";
    private const string ProofWord = "proof ";

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static TrustRenewal Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw new FormatException($"It has {utf8.Length} bytes; at most {MaxBytes} are read.");
        int end = utf8.IndexOf("\n\n"u8);
        string[] lines = end < 0 ? [] : Encoding.UTF8.GetString(utf8[..end]).Split('\n');
        if (lines is not [FirstLine, var line] || !line.StartsWith(ProofWord, StringComparison.Ordinal)
            || !NoteBase64.TryDecode(line[ProofWord.Length..], out byte[] packed))
        {
            throw new FormatException(
                $"It is no renewal: it has the line {FirstLine}, a line with proof and base64, an empty line and a "
                + "head.");
        }

        ReadOnlySpan<byte> left = packed;
        var opened = StandingPacking.Read(ref left, default, out _);
        return left.IsEmpty
            ? new TrustRenewal(opened, SignedNote.Parse(utf8[(end + 2)..]))
            : throw new FormatException("Behind its proof stands something else.");
    }

    /// <summary>Writes the file.</summary>
    public byte[] ToBytes()
    {
        var packed = new List<byte>();
        StandingPacking.Write(packed, proof);
        return
        [
            .. Encoding.UTF8.GetBytes($"{FirstLine}\n{ProofWord}{Convert.ToBase64String([.. packed])}\n\n"),
            .. head.ToBytes(),
        ];
    }

    /// <summary>
    /// Gives the trust file that follows: the present members, each with the keys of its own that were never reported
    /// stolen. Witnesses, and a number of members that the file says, stay; where it says none, more than half of
    /// the present ones are needed.
    /// </summary>
    /// <param name="trust">The trust file that is renewed.</param>
    /// <param name="oldest">As of when enough must have signed it, or later. Default is any time.</param>
    /// <exception cref="FormatException">
    /// Too few of those signed whom the file names, it is older than the file or than that, or does not prove what it
    /// says.
    /// </exception>
    public LogTrust Renew(LogTrust trust, DateTimeOffset? oldest = null)
    {
        ArgumentNullException.ThrowIfNull(trust);
        var finding = HeadFinding.Of(head, trust);
        if (finding.Fault is { } fault)
        {
            throw new FormatException(
                $"{fault} A renewal is signed by those whom the file before it names: renew more often than they "
                + "change, or make the trust file anew (microcreds log trust).");
        }

        if (finding.AsOf < oldest)
        {
            throw new FormatException(
                $"Its head is signed as of {finding.AsOf:u}, and who signs may have changed since: get a renewal anew "
                + "(GET /v1/log/renewal at a gateway there).");
        }

        long size = finding.Head!.Size;
        if (size < trust.Size)
        {
            throw new FormatException(
                $"Its head is of {size} leaves, and the trust file is as of {trust.Size}: it never goes back.");
        }

        // Who has no key that can sign is a member all the same, and not for others to make up for.
        TrustedCosigner[] all =
        [
            .. MembersBy(finding.Head).Where(one => one.IsMember)
                .Select(one => MemberCosigner.Of(trust.Ledger, one.MspId, one.Keys)),
        ];
        TrustedCosigner[] able = [.. all.Where(one => one.Keys.Count > 0)];
        var renewed = trust with
        {
            Members = able,
            MembersInAll = all.Length == able.Length ? null : all.Length,
            Size = size,
        };
        if (able.Length == 0 || renewed.Threshold > able.Length)
        {
            throw new FormatException(
                $"By its head {able.Length} members have keys that can sign, and {renewed.Threshold} are needed: make "
                + "the trust file anew (microcreds log trust).");
        }

        try
        {
            return LogTrust.Read(CanonicalJson.Serialize(renewed));
        }
        catch (StrictJsonException e)
        {
            throw new FormatException($"What it makes of the trust file is none: {e.Message}", e);
        }
    }

    private IReadOnlyList<SigningInstitution> MembersBy(LogHead signed)
    {
        try
        {
            var roots = StandingRoots.Of(signed);
            if (proof.TryOpen(roots.IssuersRoot.Span, LogStanding.MembersKey, out var value) && value is { } said)
            {
                var institutions = LedgerJson.Deserialize<MembersStanding>(said.Span).Institutions;
                return !institutions.Contains(null!) ? institutions
                    : throw new FormatException("Among the members there is null.");
            }
        }
        catch (StrictJsonException e)
        {
            throw new FormatException($"What stands of the members cannot be read: {e.Message}", e);
        }

        throw new FormatException("That its head names these members is not proven.");
    }
}
