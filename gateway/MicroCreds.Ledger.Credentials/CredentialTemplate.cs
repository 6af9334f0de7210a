using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// What all credentials for one achievement have in common, made canonical once, so that each further credential costs
/// only what is its own. Thread-safe: one template serves all cores.
/// </summary>
public sealed class CredentialTemplate
{
    /// <summary>
    /// The version in which documents are made: the third context by its address, with its digest. A change of how they
    /// are made is a new one beside it.
    /// </summary>
    public const int Version = 2;

    /// <summary>The version with the third context inline, in which documents of earlier programs come out.</summary>
    public const int InlineVersion = 1;

    private const string VersionMember = "version";
    private const string GatewayMember = "gateway";

    private static readonly string[] CredentialMembers = ["issuer", "name"];
    private static readonly string[] SubjectMembers = ["achievement", "creditsEarned"];

    private readonly CanonicalObject _credential;
    private readonly CanonicalObject _subject;
    private readonly CanonicalObject _status;
    private readonly StatusListRange _statusList;
    private readonly Func<int, int> _positionOf;
    private readonly DateTimeOffset _validFrom;

    /// <summary>Prepares the shared parts.</summary>
    /// <param name="achievement">What the credentials are for.</param>
    /// <param name="issuer">Who issues them.</param>
    /// <param name="context">What else they share.</param>
    /// <param name="version">
    /// How the documents are made: <see cref="Version"/>, which is the default, or <see cref="InlineVersion"/>.
    /// </param>
    public CredentialTemplate(
        Achievement achievement, Institution issuer, CredentialContext context, int version = Version)
        : this(Gather(achievement, issuer, context, version), context, version)
    {
    }

    private CredentialTemplate(CanonicalObject shared, CredentialContext context, int version)
    {
        Shared = shared.ToArray();
        _statusList = context.StatusList;
        _validFrom = context.ValidFrom;
        _positionOf = StatusListOrder.Of(_statusList.MspId, _statusList.List);
        _status = StatusListEntry.Prepare(_statusList);
        _credential = CanonicalObject.From(new JsonObject
        {
            ["type"] = new JsonArray("VerifiableCredential", "AchievementCredential"),
            ["awardedDate"] = CredentialTime.Write(context.ValidFrom),
            ["validFrom"] = CredentialTime.Write(context.ValidFrom),
        }).With(shared, CredentialMembers);
        _credential = version == InlineVersion
            ? _credential.With("@context", CredentialVocabulary.Contexts)
            : _credential.With("@context", PublishedContext.ContextsAt(_statusList.Gateway))
                .With(PublishedContext.DigestMember, PublishedContext.DigestAt(_statusList.Gateway));
        _subject = CanonicalObject.From(new JsonObject { ["type"] = new JsonArray("AchievementSubject") })
            .With(shared, SubjectMembers);
    }

    /// <summary>
    /// What the template was made of besides its issuance, as canonical JSON: what to keep, once for all credentials
    /// for the achievement, so that they come out as they were whatever becomes of achievement and issuer.
    /// </summary>
    public ReadOnlyMemory<byte> Shared { get; }

    /// <summary>Makes a template that was kept.</summary>
    /// <param name="shared">What <see cref="Shared"/> gave.</param>
    /// <param name="issuance">The issuance's statement.</param>
    /// <param name="validFrom">When its credentials became valid.</param>
    /// <exception cref="FormatException">It is not that, or of a newer version.</exception>
    public static CredentialTemplate FromShared(
        ReadOnlyMemory<byte> shared, IssuanceStatement issuance, DateTimeOffset validFrom)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        var members = CanonicalObject.Split(shared);
        if (members[VersionMember] is not { } version || !int.TryParse(version.Span, out int number)
            || number is not (InlineVersion or Version) || members[GatewayMember] is not { } gateway)
        {
            throw new FormatException(
                $"A template is not of version {InlineVersion} or {Version}, which is all that this program knows.");
        }

        return new CredentialTemplate(
            members, ContextOf(JsonSerializer.Deserialize<string>(gateway.Span)!, issuance, validFrom), number);
    }

    /// <summary>Makes a template anew, of what the ledger says.</summary>
    /// <param name="description">What it says of the achievement.</param>
    /// <param name="issuer">What it says of the issuer.</param>
    /// <param name="gateway">The address that status lists are served under.</param>
    /// <param name="issuance">The issuance's statement.</param>
    /// <param name="validFrom">When its credentials became valid.</param>
    /// <param name="version">How the documents are made.</param>
    internal static CredentialTemplate FromLedger(
        LedgerDescription description, ReadOnlyMemory<byte> issuer, string gateway, IssuanceStatement issuance,
        DateTimeOffset validFrom, int version) =>
        new(
            CanonicalObject.From(new JsonObject { [VersionMember] = version, [GatewayMember] = gateway })
                .With("name", description.Name)
                .With("issuer", issuer)
                .With("achievement", description.Achievement)
                .With("creditsEarned", description.Credits),
            ContextOf(gateway, issuance, validFrom), version);

    private static CredentialContext ContextOf(
        string gateway, IssuanceStatement issuance, DateTimeOffset validFrom) => new()
        {
            ValidFrom = validFrom,
            StatusList = new StatusListRange(gateway, issuance.MspId, issuance.StatusList, issuance.StatusOffset),
        };

    /// <summary>
    /// Builds one credential with a new identifier and salt; equivalent to <c>CredentialSeed.Draw</c> and
    /// <see cref="Expand"/>.
    /// </summary>
    /// <param name="request">A request that <see cref="CredentialBuilder.Validate"/> found nothing wrong with.</param>
    /// <param name="leaf">
    /// Its leaf in the issuance's tree, which decides its position in the status list.
    /// </param>
    /// <param name="parts">The credentials that it is made up of. Default is none.</param>
    public UnsignedCredential Fill(
        CredentialRequest request, int leaf, IReadOnlyList<CredentialPart>? parts = null) =>
        Expand(CredentialSeed.Draw(request, _validFrom, parts), leaf);

    /// <summary>Builds the credential that a seed is of: always the same bytes.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="leaf">Its leaf in the issuance's tree.</param>
    public UnsignedCredential Expand(CredentialSeed seed, int leaf)
    {
        ArgumentNullException.ThrowIfNull(seed);
        string id = CredentialVocabulary.IdPrefix + seed.Id.ToString("D");
        var subject = Subject(seed);
        var credential = _credential.WithAll(
            ("id", CanonicalJson.OfText(id)),
            (CredentialVocabulary.SaltMember, CanonicalJson.OfText(TextOf(seed.Salt.Span))),
            (CredentialVocabulary.StatusMember, StatusListEntry.Write(
                _status, _statusList, _positionOf(_statusList.Offset + leaf))));
        if (seed.Holder is { } key)
            credential = credential.With(HolderBinding.Member, CanonicalJson.Canonicalize(HolderBinding.Of(key)));
        if (seed.ValidUntil is { } validUntil)
            credential = credential.With("validUntil", CredentialTime.Write(validUntil));
        if (Evidence(seed.Evidence, seed.Parts) is { Count: > 0 } evidence)
            credential = credential.With("evidence", CanonicalJson.Canonicalize(evidence));

        return new UnsignedCredential(id, credential, subject);
    }

    /// <summary>Writes a salt as documents have it.</summary>
    internal static string TextOf(ReadOnlySpan<byte> salt) => Base64Url.EncodeToString(salt);

    private static CanonicalObject Gather(
        Achievement achievement, Institution issuer, CredentialContext context, int version)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(context);
        if (achievement.MspId != issuer.MspId)
        {
            throw new ArgumentException(
                $"The achievement is of {achievement.MspId}; {issuer.MspId} cannot issue it.", nameof(achievement));
        }

        return CanonicalObject.From(new JsonObject
        {
            [VersionMember] = version,
            [GatewayMember] = context.StatusList.Gateway,
            ["name"] = achievement.Name,
            ["issuer"] = AchievementDescription.Profile(issuer),
            ["achievement"] = AchievementDescription.Of(achievement, issuer.Did),
            ["creditsEarned"] = achievement.Credits,
        });
    }

    private CanonicalObject Subject(CredentialSeed seed)
    {
        var name = ("name", CanonicalJson.OfText(seed.Name));
        var subject = seed.Identity is { } identity
            ? _subject.WithAll(name, ("identifier", Hashed(identity)))
            : _subject.WithAll(name);
        if (seed.RecipientId is { } id) subject = subject.With("id", id);
        if (seed.Result is { } result)
            subject = subject.With("result", CanonicalJson.Canonicalize(Result(result)));

        return subject;
    }

    // Written as the canonical form has it: nothing in it needs an escape, and nodes took three times as long.
    private static byte[] Hashed(HashedIdentity identity) => Encoding.ASCII.GetBytes(string.Concat(
        "[{\"hashed\":true,\"identityHash\":\"sha256$", Convert.ToHexStringLower(identity.Hash.Span),
        $"\",\"identityType\":\"{identity.Type}\",\"salt\":\"", TextOf(identity.Salt.Span),
        "\",\"type\":\"IdentityObject\"}]"));

    private static JsonArray Result(CredentialResult result)
    {
        var written = new JsonObject { ["type"] = new JsonArray("Result") };
        if (result.Value is { } value) written["value"] = value;
        if (result.Status is { } status) written["status"] = status;
        return new JsonArray(written);
    }

    private static JsonArray Evidence(
        IReadOnlyList<CredentialEvidence> evidence, IReadOnlyList<CredentialPart> parts)
    {
        var result = new JsonArray([.. parts.Select(part => part.ToEvidence())]);
        foreach (var item in evidence)
        {
            var written = new JsonObject { ["type"] = new JsonArray("Evidence") };
            if (item.Url is { } url) written["id"] = url;
            if (item.Name is { } name) written["name"] = name;
            if (item.Description is { } description) written["description"] = description;
            result.Add(written);
        }

        return result;
    }
}
