using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Tells whether the issuer was accredited for the achievement when the credential was anchored. An authentic
/// credential of an issuer that was not is no forgery, and whether it counts is for who reads it: it warns, and does
/// not fail.
/// </summary>
internal static class AccreditationCheck
{
    public static Check Of(Examination examination, out AccreditationFinding? finding)
    {
        finding = null;
        if (examination.Unreachable(CheckNames.Accreditation) is { } unreachable) return unreachable;
        if (examination.Issuance is not { } issuance)
        {
            return new Check(
                CheckNames.Accreditation, CheckOutcome.Unknown, CheckCodes.NotAnchored,
                "Accreditation is judged at the block that anchors a credential; this has none yet.",
                "See the line on its anchor.");
        }

        if (examination.View?.UnreadableAccreditation is { } part)
        {
            return Warning(
                CheckCodes.RecordUnreadable, $"Whether its issuer was accredited could not be checked. {part}",
                "Verify it at another institution's gateway, or again once this one was upgraded.");
        }

        if (examination.View?.Accreditation is not { } records)
        {
            return Warning(
                CheckCodes.AccreditationNotKnown, "Whether its issuer was accredited is not known here.",
                "Verify it at a gateway of the consortium.");
        }

        var found = AccreditationFinding.Of(
            records, examination.Options.Ledger, issuance.Statement.MspId, TimeOf(examination, issuance));
        finding = found;
        string who = found.AccreditorName ?? "";
        string when = CredentialTime.Write(found.At);
        return found.Code switch
        {
            CheckCodes.Accredited => new Check(
                CheckNames.Accreditation, CheckOutcome.Pass, found.Code,
                $"Its issuer was accredited for this achievement by {who} when it was anchored, "
                + (found.ValidUntil is { } end ? $"until {CredentialTime.Write(end)}." : "without an end.")),
            CheckCodes.AccreditationSuspended => Lapsed(found, $"was suspended by {who}"),
            CheckCodes.AccreditationWithdrawn => Lapsed(found, $"was withdrawn by {who}"),
            CheckCodes.AccreditationExpired => Lapsed(found, $"by {who} ended"),
            CheckCodes.AccreditorRemoved => Warning(
                found.Code, $"{who}, which accredited its issuer, was no accreditor any more on {when}."),
            CheckCodes.AccreditationLater => Warning(
                found.Code,
                $"Its issuer is accredited for this achievement by {who} only from "
                + $"{CredentialTime.Write(found.Since ?? found.At)} on; it was anchored on {when}."),
            CheckCodes.AccreditationOutOfScope => Warning(
                found.Code, $"Its issuer was accredited by {who}, but not for this achievement."),
            _ => Warning(
                found.Code, $"No accreditor of the consortium had accredited its issuer for this on {when}."),
        };
    }

    /// <summary>
    /// The time of the anchor; of one that is not in the view yet, the latest time that it surely does not precede.
    /// </summary>
    private static DateTimeOffset TimeOf(Examination examination, Issuance issuance)
    {
        if (examination.View?.AnchoredAt is { } anchoredAt) return anchoredAt.Time;
        return examination.View?.AsOf is { } asOf && asOf.Time > issuance.IssuedAt ? asOf.Time : issuance.IssuedAt;
    }

    private static Check Lapsed(AccreditationFinding found, string how) => Warning(
        found.Code,
        $"Its issuer's accreditation for this achievement {how} on {CredentialTime.Write(found.Since ?? found.At)}, "
        + $"before it was anchored on {CredentialTime.Write(found.At)}.");

    private static Check Warning(
        string code, string detail, string nextStep = "Decide whether it counts for you; the issuer can say more.") =>
        new(CheckNames.Accreditation, CheckOutcome.Warning, code, detail, nextStep);
}
