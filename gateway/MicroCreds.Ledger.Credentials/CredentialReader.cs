using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Reads credentials in the forms that <see cref="CredentialSigner"/> and <see cref="CredentialFormWriter"/> write.
/// </summary>
public static class CredentialReader
{
    /// <summary>Reads a credential of ours in any form, also out of an offline bundle.</summary>
    /// <param name="utf8">The credential as it was received.</param>
    /// <exception cref="CredentialFormatException">
    /// It is none; every structural fault is named with its path.
    /// </exception>
    /// <exception cref="StrictJsonException">It is no token, and no JSON either.</exception>
    public static ReadCredential Read(ReadOnlyMemory<byte> utf8)
    {
        var text = CredentialForms.Trim(utf8);
        var form = CredentialForms.Of(text.Span);
        if (form == CredentialForm.DataIntegrity)
        {
            using var document = StrictJson.Parse(utf8, out bool isCanonical);
            return BundledCredential.Find(document.RootElement) is { } inside
                ? Read(inside)
                : Read(document, isCanonical ? utf8 : default);
        }

        var faults = new FaultCollector();
        var credential = form == CredentialForm.VcJwt
            ? VcJwtReader.Read(text, faults)
            : SdJwtReader.Read(text, faults);
        return faults.Faults.Count == 0 ? credential : throw new CredentialFormatException(faults.Faults);
    }

    /// <summary>Reads a document of ours with a Data Integrity proof.</summary>
    /// <param name="document">A document that <see cref="StrictJson"/> parsed.</param>
    /// <exception cref="CredentialFormatException">
    /// It is none; every structural fault is named with its path.
    /// </exception>
    public static ReadCredential Read(JsonDocument document) => Read(document, canonical: default);

    private static ReadCredential Read(JsonDocument document, ReadOnlyMemory<byte> canonical)
    {
        ArgumentNullException.ThrowIfNull(document);
        var faults = new FaultCollector();
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("", "A credential is a JSON object.");
            throw new CredentialFormatException(faults.Faults);
        }

        var members = Members(root, canonical, faults, CredentialVocabulary.ProofMember);
        CheckOpen(root, faults);
        var proof = ProofReader.Read(root, faults, ContextsToSign(members), canonical);
        var credential = Read(root, members, faults, CredentialForm.DataIntegrity, proof, canonical: canonical);
        return faults.Faults.Count == 0 ? credential : throw new CredentialFormatException(faults.Faults);
    }

    /// <summary>Reads what all forms have in common.</summary>
    /// <param name="root">The credential, as far as it is open.</param>
    /// <param name="members">Its members, without proof and without a token's claims.</param>
    /// <param name="faults">What notes every fault.</param>
    /// <param name="form">The form it came in.</param>
    /// <param name="proof">Its proof.</param>
    /// <param name="sealedMembers">What the leaf hashes, if parts of it may be withheld.</param>
    /// <param name="holderProof">What shows that who presents it has the key it is bound to.</param>
    /// <param name="tokenKey">The key that the token alone binds it to.</param>
    /// <param name="canonical">Its text, if that is canonical as it stands.</param>
    internal static ReadCredential Read(
        JsonElement root, CanonicalObject members, FaultCollector faults, CredentialForm form, ReadProof proof,
        CanonicalObject? sealedMembers = null, HolderProof? holderProof = null, PublicKey? tokenKey = null,
        ReadOnlyMemory<byte> canonical = default)
    {
        var status = StatusListEntry.Read(root, faults);
        CheckContexts(members, status, faults);
        faults.Type(root, "", "VerifiableCredential");
        faults.Type(root, "", "AchievementCredential", "OpenBadgeCredential");
        string id = faults.Text(root, "", "id");
        if (id.Length > 0 && !IsCredentialId(id))
            faults.Add("/id", "It must be urn:uuid: and a UUID in lower case.");

        if (sealedMembers is null) CheckSalt(faults.Text(root, "", CredentialVocabulary.SaltMember), faults);
        var issuer = faults.Object(root, "", "issuer");
        string did = issuer is { } profile ? faults.Text(profile, "/issuer", "id") : "";
        if (did.Length > 0 && !did.StartsWith("did:", StringComparison.Ordinal))
            faults.Add("/issuer/id", "It must be a DID.");

        var subject = faults.Object(root, "", "credentialSubject");
        var achievement = subject is { } s ? faults.Object(s, "/credentialSubject", "achievement") : null;
        if (subject is { } typed) faults.Type(typed, "/credentialSubject", "AchievementSubject");

        var validFrom = faults.Time(root, "", "validFrom");
        DateTimeOffset? validUntil =
            root.TryGetProperty("validUntil", out _) ? faults.Time(root, "", "validUntil") : null;
        if (validUntil < validFrom) faults.Add("/validUntil", "It lies before validFrom.");

        return new ReadCredential
        {
            Id = id,
            IssuerDid = did,
            IssuerName = issuer is { } named ? faults.Text(named, "/issuer", "name") : "",
            AchievementName = achievement is { } a ? faults.Text(a, "/credentialSubject/achievement", "name") : "",
            Achievement = achievement is { } b ? ReadAchievement(b, did, faults) : new("", 0),
            Form = form,
            SubjectId = subject is { } person ? OptionalText(person, "id") : null,
            RecipientName = subject is { } learner ? NameOf(learner, sealedMembers is not null, faults) : null,
            ValidFrom = validFrom,
            ValidUntil = validUntil,
            Anchor = AnchorReader.Read(root, faults),
            Proof = proof,
            StatusEntry = status,
            HolderKey = tokenKey ?? HolderBinding.Read(root, faults),
            IsBoundByToken = tokenKey is not null,
            HolderProof = holderProof,
            Members = members,
            Subject = subject is { } whole && !canonical.IsEmpty ? Members(whole, canonical, faults) : null,
            Sealed = sealedMembers,
        };
    }

    // The contexts give every term its meaning, so they must be ours to the letter: others could redefine what is read.
    // Our own lies at the gateway that the status list lies at, and its digest in the document.
    private static void CheckContexts(CanonicalObject members, StatusListEntry? status, FaultCollector faults)
    {
        if (members["@context"] is not { } contexts)
        {
            faults.Add("/@context", "It is missing.");
            return;
        }

        if (contexts.Span.SequenceEqual(CredentialVocabulary.Contexts)) return;
        string? gateway = PublishedContext.GatewayOf(contexts.Span);
        if (gateway is null || gateway != status?.Gateway)
        {
            faults.Add("/@context",
                "It must be the W3C's and Open Badges' contexts and our own, unchanged and in this order.");
        }
        else if (members[PublishedContext.DigestMember] is not { } digest
            || !digest.Span.SequenceEqual(PublishedContext.DigestAt(gateway)))
        {
            faults.Add("/" + PublishedContext.DigestMember,
                $"It must be the address of our own context with the digest {PublishedContext.Integrity}, and no "
                + "other.");
        }
    }

    // What a document names that is none of ours is not repeated in a fault.
    private static byte[] ContextsToSign(CanonicalObject members) =>
        members["@context"] is { } contexts && PublishedContext.GatewayOf(contexts.Span) is not null
            ? contexts.ToArray()
            : CredentialVocabulary.SignedContexts;

    // The leaf is that of the sealed document; one that brings digests of its own would be a second one for it.
    internal static void CheckOpen(JsonElement root, FaultCollector faults)
    {
        const string Digests = SealedCredential.DigestsMember;
        if (root.TryGetProperty(Digests, out _))
            faults.Add("/" + Digests, "Digests stand only in an SD-JWT.");
        if (root.TryGetProperty(SealedCredential.SubjectMember, out var subject)
            && subject.ValueKind == JsonValueKind.Object && subject.TryGetProperty(Digests, out _))
            faults.Add($"/{SealedCredential.SubjectMember}/{Digests}", "Digests stand only in an SD-JWT.");
    }

    private static void CheckSalt(string salt, FaultCollector faults)
    {
        if (salt.Length == 0) return;
        bool sound = salt.Length <= 88 && salt.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        if (!sound || salt.Length * 6 / 8 < CredentialVocabulary.SaltBytes)
            faults.Add("/" + CredentialVocabulary.SaltMember, "It must be 16 to 66 bytes in base64url.");
    }

    private static bool IsCredentialId(string id) =>
        id.StartsWith(CredentialVocabulary.IdPrefix, StringComparison.Ordinal)
        && Guid.TryParseExact(id.AsSpan(CredentialVocabulary.IdPrefix.Length), "D", out _)
        && !id.Any(char.IsAsciiLetterUpper);

    private static AchievementReference ReadAchievement(JsonElement achievement, string did, FaultCollector faults)
    {
        const string Path = "/credentialSubject/achievement";
        faults.Type(achievement, Path, "Achievement");
        string id = faults.Text(achievement, Path, "id");
        string version = faults.Text(achievement, Path, "version");
        string prefix = did + "/achievements/";
        if (did.Length > 0
            && id.StartsWith(prefix, StringComparison.Ordinal)
            && AchievementSelector.TryParse(id[prefix.Length..].Replace('/', '@'), out var selector)
            && selector!.Version is { } number)
        {
            if (version.Length > 0 && version != number.ToString(CultureInfo.InvariantCulture))
                faults.Add(Path + "/version", "It is another version than the achievement's id names.");
            return new AchievementReference(selector.Id, number);
        }

        if (id.Length > 0)
            faults.Add(Path + "/id", "It must be the issuer's DID, /achievements/, an id, / and a version.");
        return new AchievementReference("", 0);
    }

    /// <summary>Takes the members of an object, without those that are named.</summary>
    /// <param name="root">The object.</param>
    /// <param name="canonical">Its text, if that is canonical as it stands.</param>
    /// <param name="faults">What notes every fault.</param>
    /// <param name="except">The names.</param>
    internal static CanonicalObject Members(
        JsonElement root, ReadOnlyMemory<byte> canonical, FaultCollector faults, params ReadOnlySpan<string> except)
    {
        try
        {
            return canonical.IsEmpty
                ? CanonicalObject.From(root, except)
                : CanonicalObject.From(root, canonical, except);
        }
        catch (FormatException e)
        {
            faults.Add("", e.Message);
            return CanonicalObject.Empty;
        }
    }

    private static string? NameOf(JsonElement subject, bool mayBeWithheld, FaultCollector faults) =>
        mayBeWithheld && !subject.TryGetProperty("name", out _)
            ? null
            : faults.Text(subject, "/credentialSubject", "name");

    private static string? OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>A document is not a credential of ours.</summary>
public sealed class CredentialFormatException(IReadOnlyList<CredentialFault> faults)
    : FormatException(string.Join("; ", faults.Select(fault => $"{fault.Path}: {fault.Message}")))
{
    /// <summary>What is wrong, at least one.</summary>
    public IReadOnlyList<CredentialFault> Faults { get; } = faults;
}

/// <summary>Something wrong in a document.</summary>
/// <param name="Path">Where: a JSON pointer, or in a token the part of it.</param>
/// <param name="Message">What is wrong; never repeats the value, which may be personal.</param>
public sealed record CredentialFault(string Path, string Message)
{
    /// <summary>Whether it is a matter of the signature alone: the credential itself can be read.</summary>
    internal bool IsOfProof => Path.StartsWith(ProofReader.Path, StringComparison.Ordinal)
        || Path.StartsWith(CompactJws.HeaderPath, StringComparison.Ordinal) || Path == CompactJws.SignaturePath;
}
