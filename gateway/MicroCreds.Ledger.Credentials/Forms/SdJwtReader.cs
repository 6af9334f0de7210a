using System.Text.Json;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>
/// Reads an SD-JWT VC (RFC 9901): the payload is the sealed credential, and behind it stands what the learner
/// discloses.
/// </summary>
internal static class SdJwtReader
{
    private const string Subject = "/" + SealedCredential.SubjectMember;

    public static ReadCredential Read(ReadOnlyMemory<byte> text, FaultCollector faults)
    {
        var (token, disclosures, binding) = Split(text, faults);
        var jws = CompactJws.Read(token, TokenClaims.SdJwtType, contentType: null, faults);
        using var payload = TokenPayload.Parse(jws.Payload, faults, out var canonical);
        var root = payload.RootElement;
        var (members, tokenKey) = HolderBinding.TakeOfToken(
            root, CredentialReader.Members(root, canonical, faults, TokenClaims.OfSdJwt), faults);
        var subject = SubjectOf(root, faults);
        CheckSealed(root, subject, faults);

        var opened = Open(root, members, subject, disclosures, faults);
        using var document = JsonDocument.Parse(opened.ToArray());
        var credential = CredentialReader.Read(
            document.RootElement, opened, faults, CredentialForm.SdJwtVc, jws.Proof,
            members.Without(CredentialVocabulary.AnchorMember),
            binding.IsEmpty ? null : KeyBindingReader.Read(binding, text.Span[..^binding.Length]), tokenKey);
        TokenClaims.Check(root, TokenClaims.OfSdJwt, credential, faults);
        if (credential is { HolderKey: null, HolderProof: not null })
        {
            faults.Add(
                "keyBinding",
                "A proof of the holder's key stands behind the disclosures, but the issuer bound no key: it proves "
                + "nothing. What ends the last disclosure is ~, and nothing follows.");
        }

        return credential;
    }

    /// <summary>Gives all claims of a token, with what is disclosed of them (RFC 9901, 7.1).</summary>
    /// <exception cref="CredentialFormatException">It is no such token.</exception>
    public static CanonicalObject ClaimsOf(ReadOnlyMemory<byte> text)
    {
        var faults = new FaultCollector();
        if (!text.Span.Contains(CredentialForms.DisclosureSeparator))
        {
            faults.Add("", "No ~ stands behind its token, as it does in every SD-JWT.");
            throw new CredentialFormatException(faults.Faults);
        }

        var (token, disclosures, _) = Split(text, faults);
        var jws = CompactJws.Read(token, TokenClaims.SdJwtType, contentType: null, faults);
        using var payload = TokenPayload.Parse(jws.Payload, faults, out var canonical);
        var root = payload.RootElement;
        var members = CredentialReader.Members(root, canonical, faults, TokenClaims.DigestAlgorithmMember);
        var claims = Open(root, members, SubjectOf(root, faults), disclosures, faults);
        return faults.Faults.Count == 0 ? claims : throw new CredentialFormatException(faults.Faults);
    }

    private static CanonicalObject Open(
        JsonElement root, CanonicalObject members, JsonElement? subject, List<ReadOnlyMemory<byte>> disclosures,
        FaultCollector faults)
    {
        var places = new DisclosurePlaces(faults);
        places.Add("", root);
        if (subject is { } there) places.Add(Subject, there);
        foreach (var disclosure in disclosures) places.Open(disclosure.Span);

        var opened = places.Apply("", members.Without(SealedCredential.DigestsMember));
        if (subject is not { } open) return opened;
        var shown = CredentialReader.Members(open, default, faults, SealedCredential.DigestsMember);
        return opened.With(SealedCredential.SubjectMember, places.Apply(Subject, shown).ToArray());
    }

    // What stands behind the last separator is the proof of the holder's key; most have none.
    private static (ReadOnlyMemory<byte> Token, List<ReadOnlyMemory<byte>> Disclosures, ReadOnlyMemory<byte> Binding)
        Split(ReadOnlyMemory<byte> text, FaultCollector faults)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        foreach (var range in text.Span.Split(CredentialForms.DisclosureSeparator))
        {
            // One more than allowed, so that it is seen.
            if (parts.Count > DisclosurePlaces.MaxDisclosures + 1) break;
            parts.Add(text[range]);
        }

        if (parts.Count > DisclosurePlaces.MaxDisclosures + 1)
        {
            faults.Add(DisclosurePlaces.Path, $"At most {DisclosurePlaces.MaxDisclosures} are read.");
            return (parts[0], [], default);
        }

        return (parts[0], parts[1..^1], parts[^1]);
    }

    private static JsonElement? SubjectOf(JsonElement root, FaultCollector faults)
    {
        if (root.TryGetProperty(SealedCredential.SubjectMember, out var subject)
            && subject.ValueKind == JsonValueKind.Object)
            return subject;
        faults.Add(Subject, "It must be an object.");
        return null;
    }

    // What the sealed form never shows must not stand in the open, or one leaf could be read in two ways.
    private static void CheckSealed(JsonElement root, JsonElement? subject, FaultCollector faults)
    {
        foreach (string name in new[]
            { CredentialVocabulary.SaltMember, SealedCredential.EvidenceMember, CredentialVocabulary.ProofMember })
        {
            if (root.TryGetProperty(name, out _)) faults.Add("/" + name, "It must not stand in the open here.");
        }

        if (subject is { } there
            && there.EnumerateObject().Any(member =>
                member.Name != SealedCredential.DigestsMember && SealedCredential.IsSubjectSealed(member.Name)))
            faults.Add(Subject, "What is the learner's to disclose must not stand in the open here.");
    }
}
