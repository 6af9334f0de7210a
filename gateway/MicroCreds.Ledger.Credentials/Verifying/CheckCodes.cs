namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>The codes of checks and notices: what programs may go by. They do not change; new ones may come.</summary>
public static class CheckCodes
{
    // The codes of checks that passed.
    public const string WellFormed = "wellFormed";
    public const string SignatureValid = "signatureValid";
    public const string Anchored = "anchored";
    public const string KeyInForce = "keyInForce";
    public const string InForce = "inForce";
    public const string WithinPeriod = "withinPeriod";

    // Format.
    public const string NotJson = "notJson";
    public const string NotACredential = "notACredential";
    public const string TooLarge = "tooLarge";
    public const string CompactDamaged = "compactDamaged";
    public const string CompactVersion = "compactVersion";
    public const string NotOpened = "notOpened";
    public const string Foreign = "foreign";
    public const string SeveralCredentials = "severalCredentials";

    // Signature.
    public const string ProofMalformed = "proofMalformed";
    public const string SignatureMismatch = "signatureMismatch";
    public const string ForeignKey = "foreignKey";
    public const string UnknownKey = "unknownKey";
    public const string KeyUnusable = "keyUnusable";

    // Anchor.
    public const string ProofNotLookedAt = "proofNotLookedAt";
    public const string OtherLedger = "otherLedger";
    public const string InclusionMismatch = "inclusionMismatch";
    public const string NotAnchored = "notAnchored";
    public const string NotAnchoredYet = "notAnchoredYet";
    public const string AnchorMismatch = "anchorMismatch";
    public const string AchievementNotIssued = "achievementNotIssued";
    public const string AchievementMismatch = "achievementMismatch";
    public const string AchievementUnknown = "achievementUnknown";
    public const string StatementForged = "statementForged";

    // The issuer's key.
    public const string IssuerUnknown = "issuerUnknown";
    public const string IssuerUnconfirmed = "issuerUnconfirmed";
    public const string IssuerMismatch = "issuerMismatch";
    public const string OtherKey = "otherKey";
    public const string KeyNotYetValid = "keyNotYetValid";
    public const string KeyRevoked = "keyRevoked";
    public const string KeyCompromised = "keyCompromised";
    public const string AnchoringTimeUnknown = "anchoringTimeUnknown";

    // Status.
    public const string Suspended = "suspended";
    public const string Revoked = "revoked";
    public const string Superseded = "superseded";
    public const string StatusEntryMismatch = "statusEntryMismatch";
    public const string StatusForged = "statusForged";
    public const string StatusUnknown = "statusUnknown";
    public const string StatusKeyCompromised = "statusKeyCompromised";
    public const string ForeignRevoked = "foreignRevoked";
    public const string ForeignSuspended = "foreignSuspended";

    // Validity period.
    public const string NotYetValid = "notYetValid";
    public const string Expired = "expired";
    public const string ForeignNotYetValid = "foreignNotYetValid";
    public const string ForeignExpired = "foreignExpired";

    // Accreditation.
    public const string Accredited = "accredited";
    public const string NeverAccredited = "neverAccredited";
    public const string AccreditationLater = "accreditationLater";
    public const string AccreditationOutOfScope = "accreditationOutOfScope";
    public const string AccreditationSuspended = "accreditationSuspended";
    public const string AccreditationWithdrawn = "accreditationWithdrawn";
    public const string AccreditationExpired = "accreditationExpired";
    public const string AccreditorRemoved = "accreditorRemoved";
    public const string AccreditationNotKnown = "accreditationNotKnown";

    // The parts of an award.
    public const string PartsStand = "partsStand";
    public const string PartsDoNotStand = "partsDoNotStand";
    public const string PartsNotKnown = "partsNotKnown";

    // The holder.
    public const string HolderProven = "holderProven";
    public const string HolderProofNotAsked = "holderProofNotAsked";
    public const string HolderProofMissing = "holderProofMissing";
    public const string HolderProofMalformed = "holderProofMalformed";
    public const string HolderProofForged = "holderProofForged";
    public const string HolderKeyDoubtful = "holderKeyDoubtful";
    public const string HolderProofElsewhere = "holderProofElsewhere";
    public const string HolderProofOutOfTime = "holderProofOutOfTime";

    // Any check.
    public const string LedgerUnreachable = "ledgerUnreachable";
    public const string RecordUnreadable = "recordUnreadable";
    public const string NotChecked = "notChecked";
    public const string NothingWithoutSignature = "nothingWithoutSignature";

    // Notices.
    public const string ForeignNotConforming = "foreignNotConforming";
    public const string HolderNotProven = "holderNotProven";
    public const string KeyCompromisedLater = "keyCompromisedLater";
    public const string NameWithheld = "nameWithheld";
    public const string PresentationNotChecked = "presentationNotChecked";
    public const string OtherProofs = "otherProofs";
    public const string RecordSigned = "recordSigned";
    public const string RecordAltered = "recordAltered";
    public const string RecordNotChecked = "recordNotChecked";
    public const string ReinstatedEarlier = "reinstatedEarlier";

    /// <summary>Gives the code of a statement that does not count; none of one that does.</summary>
    public static string? Of(StatementStanding standing) => standing switch
    {
        StatementStanding.Counts => null,
        StatementStanding.Forged => StatementForged,
        StatementStanding.MomentUnknown => NotChecked,
        _ => KeyCompromised,
    };
}
