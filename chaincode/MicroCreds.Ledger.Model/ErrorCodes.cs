namespace MicroCreds.Ledger.Model;

/// <summary>The codes of <see cref="LedgerError"/>. They are stable: programs decide by them.</summary>
public static class ErrorCodes
{
    /// <summary>An argument is not the JSON that belongs there.</summary>
    public const string MalformedArgument = "malformedArgument";

    /// <summary>An argument, or a text or list in it, is larger than its limit.</summary>
    public const string TooLarge = "tooLarge";

    /// <summary>A value is not one that its field may have.</summary>
    public const string InvalidValue = "invalidValue";

    /// <summary>The caller's certificate carries no role that may do this.</summary>
    public const string RoleMissing = "roleMissing";

    /// <summary>A statement or record names another MSP than the caller's.</summary>
    public const string WrongInstitution = "wrongInstitution";

    /// <summary>A statement is made for another ledger.</summary>
    public const string WrongLedger = "wrongLedger";

    /// <summary>The ledger has no <see cref="Founding"/> yet, before which nothing is written.</summary>
    public const string NotFounded = "notFounded";

    /// <summary>The ledger is founded already, and otherwise.</summary>
    public const string FoundingConflict = "foundingConflict";

    /// <summary>The ledger's records are of another format than the contract's.</summary>
    public const string FormatUnknown = "formatUnknown";

    /// <summary>A statement is of another type than the transaction takes.</summary>
    public const string WrongStatementType = "wrongStatementType";

    /// <summary>The signature is not the key's for this statement.</summary>
    public const string SignatureInvalid = "signatureInvalid";

    /// <summary>There is no record of the institution yet.</summary>
    public const string InstitutionUnknown = "institutionUnknown";

    /// <summary>Another institution was confirmed with that DID, which is its own for ever.</summary>
    public const string DidConflict = "didConflict";

    /// <summary>Another institution was confirmed with that name or identifier.</summary>
    public const string IdentityConflict = "identityConflict";

    /// <summary>The institution proposes no such identity, or has none.</summary>
    public const string IdentityUnknown = "identityUnknown";

    /// <summary>The institution has no key of that identifier.</summary>
    public const string KeyUnknown = "keyUnknown";

    /// <summary>The key is withdrawn.</summary>
    public const string KeyRevoked = "keyRevoked";

    /// <summary>The key's identifier, or the key itself, is registered already.</summary>
    public const string KeyConflict = "keyConflict";

    /// <summary>The achievement, in that version, is not published.</summary>
    public const string AchievementUnknown = "achievementUnknown";

    /// <summary>The achievement is retired.</summary>
    public const string AchievementRetired = "achievementRetired";

    /// <summary>That version is published already, with another content.</summary>
    public const string AchievementConflict = "achievementConflict";

    /// <summary>The pathway, in that version, is not published.</summary>
    public const string PathwayUnknown = "pathwayUnknown";

    /// <summary>That version of the pathway is published already, with another content.</summary>
    public const string PathwayConflict = "pathwayConflict";

    /// <summary>The rules of a pathway contradict each other: nobody could ever complete it.</summary>
    public const string PathwayUnsatisfiable = "pathwayUnsatisfiable";

    /// <summary>There is no ballot of that name.</summary>
    public const string BallotUnknown = "ballotUnknown";

    /// <summary>That ballot is there already, with another question.</summary>
    public const string BallotConflict = "ballotConflict";

    /// <summary>The ballot is decided, or its time is over.</summary>
    public const string BallotClosed = "ballotClosed";

    /// <summary>The institution has voted already.</summary>
    public const string AlreadyVoted = "alreadyVoted";

    /// <summary>The caller's institution is no member whose peers endorse.</summary>
    public const string NotAMember = "notAMember";

    /// <summary>The caller's institution is no accreditor.</summary>
    public const string NotAnAccreditor = "notAnAccreditor";

    /// <summary>The accreditor has made no accreditation of that name.</summary>
    public const string AccreditationUnknown = "accreditationUnknown";

    /// <summary>There is no agreement of that name, or no such version of it.</summary>
    public const string AgreementUnknown = "agreementUnknown";

    /// <summary>That version of the agreement is there already, in other words.</summary>
    public const string AgreementConflict = "agreementConflict";

    /// <summary>The agreement is as it is: it was accepted, replaced or left already.</summary>
    public const string AgreementClosed = "agreementClosed";

    /// <summary>The caller's institution is no party of the agreement.</summary>
    public const string NotAParty = "notAParty";

    /// <summary>A notice is shorter than the agreement allows.</summary>
    public const string NoticeTooShort = "noticeTooShort";

    /// <summary>The statement is about other words than those on the ledger.</summary>
    public const string DigestMismatch = "digestMismatch";

    /// <summary>The root was never anchored.</summary>
    public const string IssuanceUnknown = "issuanceUnknown";

    /// <summary>Another issuance of the institution has taken positions of this range of the status list.</summary>
    public const string StatusRangeConflict = "statusRangeConflict";

    /// <summary>The root is anchored already, with another statement.</summary>
    public const string IssuanceConflict = "issuanceConflict";

    /// <summary>The index lies outside the issuance's tree.</summary>
    public const string IndexOutOfRange = "indexOutOfRange";

    /// <summary>The sequence is not one more than the last: someone else was first, or it is a replay.</summary>
    public const string SequenceConflict = "sequenceConflict";

    /// <summary>The credential is revoked, which is final.</summary>
    public const string CredentialRevoked = "credentialRevoked";

    /// <summary>The credential's state does not lead to the state asked for.</summary>
    public const string TransitionNotAllowed = "transitionNotAllowed";

    /// <summary>The credential that replaces another does not exist, or may not replace it.</summary>
    public const string ReplacementInvalid = "replacementInvalid";

    /// <summary>The transaction's time is too far from the clock of a contract server.</summary>
    public const string ClockDiffers = "clockDiffers";

    /// <summary>A bound on the number of something is reached.</summary>
    public const string LimitReached = "limitReached";

    /// <summary>What a query asked for is not on the ledger.</summary>
    public const string NotFound = "notFound";

    /// <summary>A page cannot start there, or be of that size.</summary>
    public const string PageInvalid = "pageInvalid";
}
