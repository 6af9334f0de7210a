using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
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
    private readonly CanonicalObject _credential;
    private readonly CanonicalObject _subject;
    private readonly CanonicalObject _status;
    private readonly StatusListRange _statusList;
    private readonly DateTimeOffset _second;

    /// <summary>Prepares the shared parts.</summary>
    public CredentialTemplate(Achievement achievement, Institution issuer, CredentialContext context)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(context);
        if (achievement.MspId != issuer.MspId)
        {
            throw new ArgumentException(
                $"The achievement is of {achievement.MspId}; {issuer.MspId} cannot issue it.", nameof(achievement));
        }

        _statusList = context.StatusList;
        _second = DateTimeOffset.FromUnixTimeSeconds(context.ValidFrom.ToUnixTimeSeconds());
        _status = StatusListEntry.Prepare(_statusList);
        _credential = CanonicalObject.From(new JsonObject
        {
            ["type"] = new JsonArray("VerifiableCredential", "AchievementCredential"),
            ["name"] = achievement.Name,
            ["issuer"] = AchievementDescription.Profile(issuer),
            ["awardedDate"] = CredentialTime.Write(context.ValidFrom),
            ["validFrom"] = CredentialTime.Write(context.ValidFrom),
        }).With("@context", CredentialVocabulary.Contexts);
        _subject = CanonicalObject.From(new JsonObject
        {
            ["type"] = new JsonArray("AchievementSubject"),
            ["achievement"] = AchievementDescription.Of(achievement, issuer.Did),
            ["creditsEarned"] = achievement.Credits,
        });
    }

    /// <summary>Builds one credential with a new identifier and salt.</summary>
    /// <param name="request">A request that <see cref="CredentialBuilder.Validate"/> found nothing wrong with.</param>
    /// <param name="leaf">
    /// Its leaf in the issuance's tree, which decides its position in the status list.
    /// </param>
    /// <param name="parts">The credentials that it is made up of. Default is none.</param>
    public UnsignedCredential Fill(
        CredentialRequest request, int leaf, IReadOnlyList<CredentialPart>? parts = null)
    {
        ArgumentNullException.ThrowIfNull(request);

        // A UUID of validFrom to the second, as it is written, and 74 random bits: an issuance lies together in a
        // store, and nothing is told beyond validFrom, nor in which order people were entered.
        string id = CredentialVocabulary.IdPrefix + Guid.CreateVersion7(_second).ToString("D");
        var credential = _credential
            .With("id", id)
            .With(CredentialVocabulary.SaltMember, NewSalt())
            .With(CredentialVocabulary.StatusMember, StatusListEntry.Write(_status, _statusList, leaf))
            .With("credentialSubject", Subject(request).ToArray());
        if (request.Recipient.Key is { } key)
            credential = credential.With(HolderBinding.Member, CanonicalJson.Canonicalize(HolderBinding.Of(key)));
        if (request.ValidUntil is { } validUntil)
            credential = credential.With("validUntil", CredentialTime.Write(validUntil));
        if (Evidence(request.Evidence ?? [], parts ?? []) is { Count: > 0 } evidence)
            credential = credential.With("evidence", CanonicalJson.Canonicalize(evidence));

        return new UnsignedCredential(id, credential);
    }

    private static string NewSalt()
    {
        Span<byte> salt = stackalloc byte[CredentialVocabulary.SaltBytes];
        RandomNumberGenerator.Fill(salt);
        return Base64Url.EncodeToString(salt);
    }

    private CanonicalObject Subject(CredentialRequest request)
    {
        var recipient = request.Recipient;
        var subject = _subject.With("name", recipient.Name);
        if (recipient.Id is { } id) subject = subject.With("id", id);

        // Open Badges asks for an identifier wherever the subject has no id.
        if (recipient.Email is { } email)
            subject = subject.With("identifier", CanonicalJson.Canonicalize(Hashed("emailAddress", email)));
        else if (recipient.Id is null)
            subject = subject.With("identifier", CanonicalJson.Canonicalize(Hashed("name", recipient.Name)));
        if (request.Result is { } result)
            subject = subject.With("result", CanonicalJson.Canonicalize(Result(result)));

        return subject;
    }

    private static JsonArray Hashed(string identityType, string value)
    {
        string salt = NewSalt();
        return new JsonArray(new JsonObject
        {
            ["type"] = "IdentityObject",
            ["hashed"] = true,
            ["identityType"] = identityType,
            ["identityHash"] = "sha256$" +
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value + salt))),
            ["salt"] = salt,
        });
    }

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
