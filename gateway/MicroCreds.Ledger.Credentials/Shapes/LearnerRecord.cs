using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Shapes;

/// <summary>
/// Writes a Comprehensive Learner Record (1EdTech, CLR 2.0): one document in which an institution publishes several
/// credentials of one learner. Each is embedded letter by letter as it was signed, so that it verifies by itself; what
/// the record's own signature adds is that the institution put them together.
/// </summary>
public sealed record LearnerRecord
{
    /// <summary>The type of such documents.</summary>
    public const string DocumentType = "ClrCredential";

    /// <summary>The context of CLR, the second of three.</summary>
    public const string Context = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";

    internal const string SubjectMember = "credentialSubject";
    internal const string CredentialsMember = "verifiableCredential";

    private static readonly byte[] Contexts = CanonicalJson.Canonicalize(new JsonArray(
        CredentialVocabulary.CredentialsContext, Context, CredentialVocabulary.OpenBadgesContext));

    /// <summary>The UUID of the record's identifier.</summary>
    public required Guid Id { get; init; }

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>The institution that publishes it.</summary>
    public required Institution Publisher { get; init; }

    /// <summary>The learner's name. Personal: never log it.</summary>
    public required string LearnerName { get; init; }

    /// <summary>The learner's identifier; absent where the credentials have none, or not the same.</summary>
    public string? LearnerId { get; init; }

    /// <summary>The credentials with their proofs, as JSON; at least one.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Credentials { get; init; }

    /// <summary>When it was put together; kept to whole seconds.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Writes and signs the document, as canonical JSON.</summary>
    /// <param name="key">A key of the publisher's.</param>
    /// <param name="keyId">Its fragment below the publisher's DID.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<byte[]> SignAsync(
        IIssuerSigner key, string keyId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        return DataIntegrity.SignAsync(
            CanonicalObject.From(Document()), key, $"{Publisher.Did}#{keyId}", MadeAt, cancellationToken);
    }

    private JsonObject Document() => new()
    {
        ["@context"] = JsonNode.Parse(Contexts),
        ["id"] = CredentialVocabulary.IdPrefix + Id.ToString("D"),
        ["type"] = new JsonArray("VerifiableCredential", DocumentType),
        ["name"] = Name,
        ["issuer"] = AchievementDescription.Profile(Publisher),
        ["validFrom"] = CredentialTime.Write(MadeAt),

        // The learner chose; what else the publisher knows of the learner it cannot tell.
        ["partial"] = true,
        [SubjectMember] = Subject(),
    };

    private JsonObject Subject()
    {
        var subject = new JsonObject
        {
            ["type"] = new JsonArray("ClrSubject"),
            [CredentialsMember] = new JsonArray([.. Credentials.Select(one => JsonNode.Parse(one.Span))]),
        };

        // CLR asks for one of the two. The name stands in the credentials, too.
        if (LearnerId is { } id)
        {
            subject["id"] = id;
            return subject;
        }

        subject["identifier"] = new JsonArray(new JsonObject
        {
            ["type"] = "IdentityObject",
            ["hashed"] = false,
            ["identityHash"] = LearnerName,
            ["identityType"] = "name",
        });
        return subject;
    }
}
