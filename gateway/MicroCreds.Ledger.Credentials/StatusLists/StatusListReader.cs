using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>What a reader of a status list knows beforehand.</summary>
public sealed record StatusListQuery
{
    /// <summary>The address that the list was fetched from, and that it must have as its identifier.</summary>
    public required string Url { get; init; }

    /// <summary>What the list must be for, one of <see cref="StatusPurpose"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>
    /// The DID of who may speak: the credential's issuer for the list that the credential names, or the member that was
    /// asked in its place.
    /// </summary>
    public required string Issuer { get; init; }

    /// <summary>Finds a key of that issuer by its name; none if it has no such key, or it was withdrawn.</summary>
    public required Func<string, PublicKey?> FindKey { get; init; }

    /// <summary>When the list was fetched.</summary>
    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>When the newest list was made that was seen at this address before. Default is none.</summary>
    public DateTimeOffset? NewestSeen { get; init; }
}

/// <summary>A status list that was read, and found to be the one meant, signed and fresh.</summary>
/// <param name="Bits">The entries.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="ReadableUntil">Until when it may be relied on: the end of its validity or of its time to live.</param>
public sealed record ReadStatusList(Bitstring Bits, DateTimeOffset MadeAt, DateTimeOffset ReadableUntil);

/// <summary>Reads status lists. Whatever is not as it must be is an error, and never good news. Thread-safe.</summary>
/// <param name="time">What says what time it is.</param>
public sealed class StatusListReader(TimeProvider time)
{
    /// <summary>The largest document, in bytes: the largest list, packed as badly as can be.</summary>
    public const int MaxDocumentBytes = Bitstring.MaxLength / 4;

    /// <summary>How far the clock of who made the list may be ahead of ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>Reads a list.</summary>
    /// <exception cref="StatusListException">It says nothing; the fault says why.</exception>
    public ReadStatusList Read(ReadOnlyMemory<byte> utf8, StatusListQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (utf8.Length > MaxDocumentBytes)
        {
            throw new StatusListException(
                StatusListFault.TooLong,
                $"The document has {utf8.Length} bytes; at most {MaxDocumentBytes} are read.");
        }

        JsonDocument document;
        try
        {
            document = StrictJson.Parse(utf8);
        }
        catch (StrictJsonException e)
        {
            throw new StatusListException(StatusListFault.Malformed, e.Message, e);
        }

        using (document) return Read(document.RootElement, query);
    }

    private ReadStatusList Read(JsonElement root, StatusListQuery query)
    {
        var (parts, proof) = Parts(root);
        if (parts.Id != query.Url || parts.SubjectId != query.Url + StatusListCredential.SubjectFragment)
            throw Fault(StatusListFault.OtherList, $"It is another list than that of {query.Url}.");
        if (parts.Purpose != query.Purpose)
            throw Fault(StatusListFault.OtherPurpose, $"It is not for {query.Purpose}.");
        if (parts.Issuer != query.Issuer || proof.Did != query.Issuer)
            throw Fault(StatusListFault.OtherIssuer, $"It is not made by {query.Issuer}, who alone may speak here.");

        var until = CheckTimes(parts, query);
        if (query.FindKey(proof.KeyId) is not { } key || proof.Suite != DataIntegrity.SuiteOf(key.Algorithm)
            || !key.Verify(
                DataIntegrity.BytesToSign(DataIntegrity.HashOptions(proof.Options), Secured(root)), proof.Signature))
        {
            throw Fault(
                StatusListFault.NotSigned, "Its signature is not one of its issuer's: it was changed, or forged.");
        }

        // Unpacked last: what nobody vouches for costs no more than reading it.
        return new ReadStatusList(Bitstring.Decode(parts.Encoded), parts.ValidFrom, until);
    }

    private DateTimeOffset CheckTimes(ListParts parts, StatusListQuery query)
    {
        var now = time.GetUtcNow();
        var (from, until) = (parts.ValidFrom, parts.ValidUntil);
        var end = query.FetchedAt + TimeSpan.FromMilliseconds(parts.TimeToLive);
        if (from > now + ClockSkew)
            throw Fault(StatusListFault.Stale, $"It is valid only from {CredentialTime.Write(from)} on.");
        if (now >= until)
            throw Fault(StatusListFault.Stale, $"It was valid until {CredentialTime.Write(until)}: fetch it again.");
        if (now >= end)
            throw Fault(StatusListFault.Stale, $"It was to be kept until {CredentialTime.Write(end)}: fetch it again.");
        if (from < query.NewestSeen)
            throw Fault(StatusListFault.Stale, "It is older than one that was seen before: somebody plays it again.");
        return end < until ? end : until;
    }

    private static (ListParts Parts, ReadProof Proof) Parts(JsonElement root)
    {
        var faults = new FaultCollector();
        if (root.ValueKind != JsonValueKind.Object)
            throw Fault(StatusListFault.Malformed, "A status list credential is a JSON object.");

        if (CanonicalObject.From(root)["@context"] is not { } contexts
            || !contexts.Span.SequenceEqual(StatusListCredential.Contexts))
            faults.Add("/@context", "It must be the W3C's context alone.");
        faults.Type(root, "", "VerifiableCredential");
        faults.Type(root, "", StatusListCredential.CredentialType);
        var parts = new ListParts
        {
            Id = faults.Text(root, "", "id"),
            Issuer = faults.Text(root, "", "issuer"),
            ValidFrom = faults.Time(root, "", "validFrom"),
            ValidUntil = faults.Time(root, "", "validUntil"),
        };
        if (faults.Object(root, "", "credentialSubject") is { } subject)
        {
            const string Path = "/credentialSubject";
            if (faults.Text(subject, Path, "type") is { Length: > 0 } type && type != StatusListCredential.SubjectType)
                faults.Add(Path + "/type", $"It must be {StatusListCredential.SubjectType}.");
            parts = parts with
            {
                SubjectId = faults.Text(subject, Path, "id"),
                Purpose = faults.Text(subject, Path, "statusPurpose"),
                TimeToLive = faults.Number(subject, Path, "ttl"),
                Encoded = faults.Text(subject, Path, "encodedList"),
            };
        }

        var proof = ProofReader.Read(root, faults, StatusListCredential.Contexts);
        return faults.Faults.Count == 0
            ? (parts, proof)
            : throw Fault(StatusListFault.Malformed, new CredentialFormatException(faults.Faults).Message);
    }

    private static byte[] Secured(JsonElement root) =>
        CanonicalObject.From(root, except: CredentialVocabulary.ProofMember).ToArray();

    private static StatusListException Fault(StatusListFault fault, string message) => new(fault, message);

    private sealed record ListParts
    {
        public string Id { get; init; } = "";

        public string SubjectId { get; init; } = "";

        public string Issuer { get; init; } = "";

        public string Purpose { get; init; } = "";

        public string Encoded { get; init; } = "";

        public int TimeToLive { get; init; }

        public DateTimeOffset ValidFrom { get; init; }

        public DateTimeOffset ValidUntil { get; init; }
    }
}
