using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Checks that a document says of its achievement and of its issuer what the ledger says: the issuer's own signature is
/// under it, but whoever relies on it goes by what was published. What is the learner's is free: the name, the result,
/// evidence, dates.
/// </summary>
internal static class ContentCheck
{
    private const string Subject = "/" + SealedCredential.SubjectMember;

    /// <summary>Gives the line of what does not match, or cannot be compared; none if all is as published.</summary>
    public static Check? FaultOf(Examination examination)
    {
        var institution = examination.Institution!;
        if (examination.View!.Achievement is not { } achievement)
        {
            return new Check(
                CheckNames.Anchor, CheckOutcome.Unknown, CheckCodes.AchievementUnknown,
                "The achievement that it names is not known here, so what it says of it cannot be compared.",
                "Verify it at a gateway of the consortium, or again in a moment.");
        }

        // Found before, and asked again by the ledger's records as they are now.
        if (examination.Proven is not null) return null;

        var credential = examination.Credential;
        var expected = LedgerDescription.Of(achievement, credential.IssuerDid);
        var subject = CanonicalObject.Split(credential.Members[SealedCredential.SubjectMember]!.Value);
        return Compare("/name", credential.Members["name"], expected.Name, CheckCodes.AchievementMismatch)
            ?? Compare(
                Subject + "/achievement", subject["achievement"], expected.Achievement, CheckCodes.AchievementMismatch)
            ?? Compare(
                Subject + "/creditsEarned", subject["creditsEarned"], expected.Credits, CheckCodes.AchievementMismatch)
            ?? CompareIssuer(credential, institution);
    }

    private static Check? CompareIssuer(ReadCredential credential, Institution institution)
    {
        var profiles = LedgerDescription.ProfilesOf(institution, credential.IssuerDid);
        var issuer = credential.Members["issuer"]!.Value;
        if (profiles.Any(profile => issuer.Span.SequenceEqual(profile))) return null;

        // The one in force comes first, and is the one that it most likely means.
        return profiles.Count == 0
            ? Mismatch("/issuer/id", CheckCodes.IssuerMismatch)
            : Compare("/issuer", issuer, profiles[0], CheckCodes.IssuerMismatch);
    }

    private static Check? Compare(string path, ReadOnlyMemory<byte>? said, byte[] published, string code)
    {
        if (said is not { } value) return Mismatch(path, code);
        return value.Span.SequenceEqual(published)
            ? null
            : Mismatch(JsonDifference.Find(path, value, published) ?? path, code);
    }

    private static Check Mismatch(string path, string code) => new(
        CheckNames.Anchor, CheckOutcome.Fail, code,
        code == CheckCodes.IssuerMismatch
            ? $"What it says of its issuer at {path} is not what the ledger says."
            : $"What it says of its achievement at {path} is not what its issuer published on the ledger.",
        "Do not rely on it. Ask the issuer, and tell the consortium's operator.");
}
