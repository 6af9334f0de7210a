using System.Globalization;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Where a record lies: the object type and the attributes of its composite key. The first attribute is the record's
/// owner, so that nobody can write first what another is about to write.
/// </summary>
/// <param name="ObjectType">The kind of record.</param>
/// <param name="Attributes">The attributes, in the key's order.</param>
public sealed record RecordKey(string ObjectType, params string[] Attributes)
{
    /// <summary>The object type of <see cref="Model.Founding"/>.</summary>
    public const string FoundingType = "founding";

    /// <summary>The object type of <see cref="Model.Institution"/>.</summary>
    public const string InstitutionType = "institution";

    /// <summary>The object type of <see cref="Model.Achievement"/>.</summary>
    public const string AchievementType = "achievement";

    /// <summary>The object type of <see cref="Model.Offering"/>.</summary>
    public const string OfferingType = "offering";

    /// <summary>The object type of <see cref="Model.Pathway"/>.</summary>
    public const string PathwayType = "pathway";

    /// <summary>The object type of <see cref="Model.Issuance"/>.</summary>
    public const string IssuanceType = "issuance";

    /// <summary>The object type of <see cref="Model.Status"/>.</summary>
    public const string StatusType = "status";

    /// <summary>The object type of what says which places of status lists are taken.</summary>
    public const string StatusRangeType = "statusRange";

    /// <summary>
    /// The object type of the one record that lists the members, for the endorsement policies of records.
    /// </summary>
    public const string MembersType = "members";

    /// <summary>The object type of <see cref="Model.Consortium"/>.</summary>
    public const string ConsortiumType = "consortium";

    /// <summary>The object type of <see cref="Model.Ballot"/>.</summary>
    public const string BallotType = "ballot";

    /// <summary>The object type of <see cref="Model.Accreditation"/>.</summary>
    public const string AccreditationType = "accreditation";

    /// <summary>The object type of <see cref="AgreementPart"/>.</summary>
    public const string AgreementType = "agreement";

    /// <summary>The object type of <see cref="IdentityClaim"/>.</summary>
    public const string IdentityType = "identity";

    /// <summary>The object type of <see cref="Model.WithdrawnApiKey"/>.</summary>
    public const string WithdrawnApiKeyType = "withdrawnApiKey";

    /// <summary>The key of the ledger's first record.</summary>
    public static RecordKey Founding() => new(FoundingType);

    /// <summary>The key of an institution.</summary>
    public static RecordKey Institution(string mspId) => new(InstitutionType, mspId);

    /// <summary>The key of one version of an achievement.</summary>
    public static RecordKey Achievement(string mspId, string id, int version) =>
        new(AchievementType, mspId, id, version.ToString("D6", CultureInfo.InvariantCulture));

    /// <summary>The key of when an achievement can be taken.</summary>
    public static RecordKey Offering(string mspId, string achievement) => new(OfferingType, mspId, achievement);

    /// <summary>The key of one version of a pathway.</summary>
    public static RecordKey Pathway(string mspId, string id, int version) =>
        new(PathwayType, mspId, id, version.ToString("D6", CultureInfo.InvariantCulture));

    /// <summary>The key of an issuance.</summary>
    public static RecordKey Issuance(string mspId, string root) => new(IssuanceType, mspId, root);

    /// <summary>The key of a credential's status.</summary>
    public static RecordKey Status(string mspId, string root, int index) =>
        new(StatusType, mspId, root, index.ToString("D7", CultureInfo.InvariantCulture));

    /// <summary>The key of a block of an institution's status list, whose value is the root that took it.</summary>
    public static RecordKey StatusRange(string mspId, string list, StatusBlock block) =>
        new(StatusRangeType, [mspId, list, .. block.Path()]);

    /// <summary>The key of what ballots decided.</summary>
    public static RecordKey Consortium() => new(ConsortiumType);

    /// <summary>The key of a ballot, whose name holds its owner.</summary>
    public static RecordKey Ballot(string id) => new(BallotType, id);

    /// <summary>The key of an accreditation.</summary>
    public static RecordKey Accreditation(string mspId, string accreditor, string id) =>
        new(AccreditationType, mspId, accreditor, id);

    /// <summary>
    /// The key of one version of an agreement as it was proposed. The agreement's name holds its owner.
    /// </summary>
    public static RecordKey AgreementProposal(string id, int version) =>
        new(AgreementType, id, version.ToString("D6", CultureInfo.InvariantCulture), "proposal");

    /// <summary>The key of a party's acceptance of one version.</summary>
    public static RecordKey AgreementAcceptance(string id, int version, string mspId) =>
        new(AgreementType, id, version.ToString("D6", CultureInfo.InvariantCulture), "acceptance", mspId);

    /// <summary>The key of a party's notice.</summary>
    public static RecordKey AgreementNotice(string id, string mspId) => new(AgreementType, id, "notice", mspId);

    /// <summary>The key that keeps a DID, name or identifier for the institution that was confirmed with it.</summary>
    public static RecordKey Identity(IdentityMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        return new(IdentityType, mark.Kind, mark.Value);
    }

    /// <summary>The key of the word that an API key is withdrawn.</summary>
    public static RecordKey WithdrawnApiKey(string mspId, string mark) => new(WithdrawnApiKeyType, mspId, mark);

    /// <summary>The key of the list of members.</summary>
    public static RecordKey Members() => new(MembersType);
}
