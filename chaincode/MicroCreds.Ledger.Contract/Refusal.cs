using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Makes the contract's refusals: the message of each is a <see cref="LedgerError"/> in JSON.</summary>
internal static class Refusal
{
    // An error travels in the trailers of the gateway's answer, which clients bound to a few kilobytes; and what a
    // caller sent may be in it.
    private const int MaxMessageLength = 1000;
    private const int MaxFieldLength = 300;

    private const int BadRequest = 400;
    private const int Forbidden = 403;
    private const int NotFound = 404;
    private const int Conflict = 409;

    public static ChaincodeException Because(string code, string message, string? field = null) =>
        new(
            new LedgerError(
                code,
                Cut(message, MaxMessageLength),
                string.IsNullOrEmpty(field) ? null : Cut(field, MaxFieldLength)).ToJson(),
            StatusOf(code));

    /// <summary>Refuses for several faults: the first in full, and where the others are.</summary>
    public static ChaincodeException Because(IReadOnlyList<LedgerError> faults)
    {
        var first = faults[0];
        string others = string.Join(", ", faults.Skip(1).Select(fault => fault.Field));
        return Because(
            first.Code, faults.Count == 1 ? first.Message : $"{first.Message} Wrong are also {others}.", first.Field);
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;

        // Not within a character of two units.
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";
    }

    // Below 500, so that a peer does not take a refusal for a failure of its own and asks no other peer again.
    private static int StatusOf(string code) => code switch
    {
        ErrorCodes.RoleMissing or ErrorCodes.WrongInstitution or ErrorCodes.NotAMember
            or ErrorCodes.NotAnAccreditor or ErrorCodes.NotAParty => Forbidden,
        ErrorCodes.InstitutionUnknown or ErrorCodes.KeyUnknown or ErrorCodes.AchievementUnknown
            or ErrorCodes.PathwayUnknown or ErrorCodes.BallotUnknown or ErrorCodes.AccreditationUnknown
            or ErrorCodes.AgreementUnknown or ErrorCodes.IdentityUnknown or ErrorCodes.IssuanceUnknown
            or ErrorCodes.NotFound => NotFound,
        ErrorCodes.KeyRevoked or ErrorCodes.KeyConflict or ErrorCodes.DidConflict or ErrorCodes.IdentityConflict
            or ErrorCodes.AchievementRetired
            or ErrorCodes.AchievementConflict or ErrorCodes.PathwayConflict or ErrorCodes.IssuanceConflict
            or ErrorCodes.SequenceConflict or ErrorCodes.BallotConflict or ErrorCodes.BallotClosed
            or ErrorCodes.AlreadyVoted or ErrorCodes.AgreementConflict or ErrorCodes.AgreementClosed
            or ErrorCodes.NotFounded or ErrorCodes.FoundingConflict or ErrorCodes.FormatUnknown
            or ErrorCodes.StatusRangeConflict
            or ErrorCodes.NoticeTooShort or ErrorCodes.DigestMismatch
            or ErrorCodes.CredentialRevoked or ErrorCodes.TransitionNotAllowed or ErrorCodes.LimitReached => Conflict,
        _ => BadRequest,
    };
}
