namespace MicroCreds.Ledger.Model;

/// <summary>The names of the contract's transactions, and what they take and give.</summary>
public static class TransactionNames
{
    /// <summary>
    /// Submit <c>(Founding)</c> → <c>Written&lt;Founding&gt;</c>: the ledger's first transaction, before which nothing
    /// else is written.
    /// </summary>
    public const string Found = "Found";

    /// <summary>Evaluate <c>()</c> → <c>Founding</c>.</summary>
    public const string GetFounding = "GetFounding";

    /// <summary>
    /// Submit <c>(Institution without keys)</c> → <c>Written&lt;Institution&gt;</c>: registers the caller's
    /// institution, and proposes who it says it is; that stands once the members have confirmed it by a ballot.
    /// </summary>
    public const string SetInstitution = "SetInstitution";

    /// <summary>
    /// Submit <c>(SignedStatement&lt;KeyStatement&gt;)</c> → <c>Written&lt;Institution&gt;</c>: adds a key.
    /// </summary>
    public const string AddKey = "AddKey";

    /// <summary>Submit <c>(KeyRevocation)</c> → <c>Written&lt;Institution&gt;</c>: withdraws a key.</summary>
    public const string RevokeKey = "RevokeKey";

    /// <summary>
    /// Submit <c>(mark)</c> → <c>Written&lt;WithdrawnApiKey&gt;</c>: an API key of the caller's gateway counts no more.
    /// </summary>
    public const string WithdrawApiKey = "WithdrawApiKey";

    /// <summary>Submit <c>(Achievement)</c> → <c>Written&lt;Achievement&gt;</c>: publishes a version.</summary>
    public const string PublishAchievement = "PublishAchievement";

    /// <summary>Submit <c>(id, version)</c> → <c>Written&lt;Achievement&gt;</c>: retires a version.</summary>
    public const string RetireAchievement = "RetireAchievement";

    /// <summary>
    /// Submit <c>(Offering)</c> → <c>Written&lt;Offering&gt;</c>: sets when an own achievement can be taken.
    /// </summary>
    public const string SetOffering = "SetOffering";

    /// <summary>Submit <c>(Pathway)</c> → <c>Written&lt;Pathway&gt;</c>: publishes a version.</summary>
    public const string PublishPathway = "PublishPathway";

    /// <summary>Submit <c>(id, version)</c> → <c>Written&lt;Pathway&gt;</c>: retires a version.</summary>
    public const string RetirePathway = "RetirePathway";

    /// <summary>Submit <c>(SignedStatement&lt;IssuanceStatement&gt;)</c> → <c>Written&lt;Issuance&gt;</c>.</summary>
    public const string Issue = "Issue";

    /// <summary>Submit <c>(SignedStatement&lt;StatusStatement&gt;)</c> → <c>Written&lt;Status&gt;</c>.</summary>
    public const string SetStatus = "SetStatus";

    /// <summary>Submit <c>(SignedStatement&lt;BallotStatement&gt;)</c> → <c>Written&lt;Ballot&gt;</c>.</summary>
    public const string ProposeBallot = "ProposeBallot";

    /// <summary>
    /// Submit <c>(SignedStatement&lt;VoteStatement&gt;)</c> → <c>Written&lt;Ballot&gt;</c>: the vote that makes a
    /// majority does what was asked.
    /// </summary>
    public const string Vote = "Vote";

    /// <summary>
    /// Submit <c>(id)</c> → <c>Written&lt;Ballot&gt;</c>: counts the votes of an open ballot anew, after
    /// members came or left.
    /// </summary>
    public const string CountBallot = "CountBallot";

    /// <summary>
    /// Submit <c>(digest)</c> → <c>Written&lt;Institution&gt;</c>: frees the name and identifiers of an own identity
    /// that is not in force any more.
    /// </summary>
    public const string GiveUpIdentity = "GiveUpIdentity";

    /// <summary>Submit <c>()</c> → <c>Written&lt;Members&gt;</c>: the caller's institution leaves.</summary>
    public const string LeaveConsortium = "LeaveConsortium";

    /// <summary>Evaluate <c>()</c> → <c>Members</c>.</summary>
    public const string GetMembers = "GetMembers";

    /// <summary>
    /// Evaluate <c>(object type, mspId or empty, pageSize, bookmark)</c> → <c>StalePolicies</c>: records whose
    /// endorsement policies are not made from the members as they are.
    /// </summary>
    public const string ListStalePolicies = "ListStalePolicies";

    /// <summary>
    /// Submit <c>(RecordKey[])</c> → <c>Written&lt;RefreshedPolicies&gt;</c>: makes the records' endorsement policies
    /// anew from the members as they are. The records stay as they are.
    /// </summary>
    public const string RefreshPolicies = "RefreshPolicies";

    /// <summary>
    /// Submit <c>(SignedStatement&lt;AccreditationStatement&gt;)</c> → <c>Written&lt;Accreditation&gt;</c>.
    /// </summary>
    public const string SetAccreditation = "SetAccreditation";

    /// <summary>
    /// Submit <c>(SignedStatement&lt;AgreementStatement&gt;)</c> → <c>Written&lt;Agreement&gt;</c>.
    /// </summary>
    public const string ProposeAgreement = "ProposeAgreement";

    /// <summary>
    /// Submit <c>(SignedStatement&lt;AcceptanceStatement&gt;)</c> → <c>Written&lt;Agreement&gt;</c>.
    /// </summary>
    public const string AcceptAgreement = "AcceptAgreement";

    /// <summary>Submit <c>(SignedStatement&lt;NoticeStatement&gt;)</c> → <c>Written&lt;Agreement&gt;</c>.</summary>
    public const string LeaveAgreement = "LeaveAgreement";

    /// <summary>Evaluate <c>()</c> → <c>Consortium</c>.</summary>
    public const string GetConsortium = "GetConsortium";

    /// <summary>Evaluate <c>(id)</c> → <c>Ballot</c>.</summary>
    public const string GetBallot = "GetBallot";

    /// <summary>Evaluate <c>(pageSize, bookmark)</c> → <c>Page&lt;Ballot&gt;</c>.</summary>
    public const string ListBallots = "ListBallots";

    /// <summary>
    /// Evaluate <c>(mspId, achievement id, version)</c> → <c>AccreditationRecords</c>: all that says whether the
    /// achievement's institution was accredited for it.
    /// </summary>
    public const string GetAccreditationRecords = "GetAccreditationRecords";

    /// <summary>Evaluate <c>(mspId or empty, pageSize, bookmark)</c> → <c>Page&lt;Accreditation&gt;</c>.</summary>
    public const string ListAccreditations = "ListAccreditations";

    /// <summary>Evaluate <c>(id)</c> → <c>Agreement</c>.</summary>
    public const string GetAgreement = "GetAgreement";

    /// <summary>Evaluate <c>(pageSize, bookmark)</c> → <c>Page&lt;AgreementPart&gt;</c>.</summary>
    public const string ListAgreementParts = "ListAgreementParts";

    /// <summary>Evaluate <c>(mspId)</c> → <c>Institution</c>.</summary>
    public const string GetInstitution = "GetInstitution";

    /// <summary>Evaluate <c>(pageSize, bookmark)</c> → <c>Page&lt;Institution&gt;</c>.</summary>
    public const string ListInstitutions = "ListInstitutions";

    /// <summary>Evaluate <c>(mspId)</c> → <c>HistoryEntry&lt;Institution&gt;[]</c>.</summary>
    public const string GetInstitutionHistory = "GetInstitutionHistory";

    /// <summary>Evaluate <c>(mspId, id, version)</c> → <c>Achievement</c>.</summary>
    public const string GetAchievement = "GetAchievement";

    /// <summary>Evaluate <c>(mspId or empty, pageSize, bookmark)</c> → <c>Page&lt;Achievement&gt;</c>.</summary>
    public const string ListAchievements = "ListAchievements";

    /// <summary>Evaluate <c>(mspId, achievement id)</c> → <c>Offering</c>.</summary>
    public const string GetOffering = "GetOffering";

    /// <summary>Evaluate <c>(mspId or empty, pageSize, bookmark)</c> → <c>Page&lt;Offering&gt;</c>.</summary>
    public const string ListOfferings = "ListOfferings";

    /// <summary>Evaluate <c>(mspId, id, version)</c> → <c>Pathway</c>.</summary>
    public const string GetPathway = "GetPathway";

    /// <summary>Evaluate <c>(mspId or empty, pageSize, bookmark)</c> → <c>Page&lt;Pathway&gt;</c>.</summary>
    public const string ListPathways = "ListPathways";

    /// <summary>Evaluate <c>(mspId, root)</c> → <c>Issuance</c>.</summary>
    public const string GetIssuance = "GetIssuance";

    /// <summary>Evaluate <c>(mspId or empty, pageSize, bookmark)</c> → <c>Page&lt;Issuance&gt;</c>.</summary>
    public const string ListIssuances = "ListIssuances";

    /// <summary>Evaluate <c>(mspId, root, index)</c> → <c>Anchor</c>: what stands about one credential.</summary>
    public const string GetAnchor = "GetAnchor";

    /// <summary>
    /// Evaluate <c>(mspId, root, index, achievement id or empty, version)</c> → <c>VerificationRecords</c>: the
    /// anchor, and all that says whether the issuer was accredited for what the credential attests.
    /// </summary>
    public const string GetVerificationRecords = "GetVerificationRecords";

    /// <summary>Evaluate <c>(mspId, root, pageSize, bookmark)</c> → <c>Page&lt;Status&gt;</c>.</summary>
    public const string ListStatuses = "ListStatuses";

    /// <summary>Evaluate <c>(mspId, root, index)</c> → <c>HistoryEntry&lt;Status&gt;[]</c>.</summary>
    public const string GetStatusHistory = "GetStatusHistory";
}

/// <summary>
/// The names of the contract's events; each event's payload is the canonical JSON of the record written.
/// </summary>
public static class EventNames
{
    /// <summary>An <see cref="Institution"/> was registered or changed, or a key of it added or withdrawn.</summary>
    public const string InstitutionChanged = "InstitutionChanged";

    /// <summary>The <see cref="Members"/> are others than before.</summary>
    public const string MembersChanged = "MembersChanged";

    /// <summary>An <see cref="Achievement"/> was published.</summary>
    public const string AchievementPublished = "AchievementPublished";

    /// <summary>An <see cref="Achievement"/> was retired.</summary>
    public const string AchievementRetired = "AchievementRetired";

    /// <summary>An <see cref="Offering"/> was set.</summary>
    public const string OfferingChanged = "OfferingChanged";

    /// <summary>A <see cref="Pathway"/> was published.</summary>
    public const string PathwayPublished = "PathwayPublished";

    /// <summary>A <see cref="Pathway"/> was retired.</summary>
    public const string PathwayRetired = "PathwayRetired";

    /// <summary>A <see cref="Ballot"/> was proposed.</summary>
    public const string BallotProposed = "BallotProposed";

    /// <summary>An institution voted in a <see cref="Ballot"/>.</summary>
    public const string Voted = "Voted";

    /// <summary>A vote decided a <see cref="Ballot"/>.</summary>
    public const string BallotDecided = "BallotDecided";

    /// <summary>An <see cref="Accreditation"/> was granted or changed.</summary>
    public const string AccreditationChanged = "AccreditationChanged";

    /// <summary>An agreement, or an amendment, was proposed: an <see cref="AgreementPart"/>.</summary>
    public const string AgreementProposed = "AgreementProposed";

    /// <summary>A party accepted: an <see cref="AgreementPart"/>.</summary>
    public const string AgreementAccepted = "AgreementAccepted";

    /// <summary>A party gave notice: an <see cref="AgreementPart"/>.</summary>
    public const string AgreementNoticeGiven = "AgreementNoticeGiven";

    /// <summary>An <see cref="Issuance"/> was anchored.</summary>
    public const string Issued = "Issued";

    /// <summary>A <see cref="Status"/> changed.</summary>
    public const string StatusChanged = "StatusChanged";
}

/// <summary>The roles that a Fabric identity carries in its certificate's attributes.</summary>
public static class Roles
{
    /// <summary>The name of the attribute; its value is one role or several, separated by commas.</summary>
    public const string AttributeName = "microcreds.role";

    /// <summary>May publish achievements, issue, suspend, reinstate and revoke.</summary>
    public const string Issuer = "issuer";

    /// <summary>
    /// May do what an issuer may, and change the institution's own record and keys. So may the MSP's admins.
    /// </summary>
    public const string Registrar = "registrar";
}
