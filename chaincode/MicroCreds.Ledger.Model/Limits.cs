namespace MicroCreds.Ledger.Model;

/// <summary>The bounds of everything that is written on the ledger.</summary>
public static class Limits
{
    /// <summary>The most that a transaction's time may differ from the clock of a server that endorses it.</summary>
    public static readonly TimeSpan MaxClockDifference = TimeSpan.FromMinutes(15);

    /// <summary>The most credentials of one issuance.</summary>
    public const int MaxIssuanceSize = 1 << 20;

    /// <summary>The most achievements that one issuance attests.</summary>
    public const int MaxAchievementsPerIssuance = 64;

    /// <summary>The most keys that one institution registers in its life.</summary>
    public const int MaxKeysPerInstitution = 64;

    /// <summary>The most identities that one institution is confirmed with in its life.</summary>
    public const int MaxIdentitiesPerInstitution = 64;

    /// <summary>The most records whose endorsement policies one transaction rewrites, or one query looks at.</summary>
    public const int MaxRefreshedPolicies = 100;

    /// <summary>The most members that the consortium has, or had.</summary>
    public const int MaxMembers = 512;

    /// <summary>The most identifiers of one institution.</summary>
    public const int MaxIdentifiers = 16;

    /// <summary>The longest identifier (achievement, key, status list), in characters.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The longest name or title, in characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The longest description or criteria, in characters.</summary>
    public const int MaxTextLength = 4000;

    /// <summary>The longest address, in characters.</summary>
    public const int MaxUrlLength = 500;

    /// <summary>The most learning outcomes of one achievement, and likewise skills.</summary>
    public const int MaxListItems = 64;

    /// <summary>The most ECTS credits of one achievement.</summary>
    public const double MaxCredits = 300;

    /// <summary>The largest argument of a transaction, in bytes.</summary>
    public const int MaxArgumentBytes = 64 * 1024;

    /// <summary>The deepest nesting of a JSON document.</summary>
    public const int MaxJsonDepth = 32;

    /// <summary>The most records of one page.</summary>
    public const int MaxPageSize = 200;

    /// <summary>The most status changes of one credential, a last revocation not counted.</summary>
    public const int MaxStatusChanges = 1000;

    /// <summary>
    /// The most entries of a record's history that a query answers, the newest ones: all that a status can have. Who
    /// gets as many says that there may be older ones.
    /// </summary>
    public const int MaxHistoryEntries = MaxStatusChanges + 1;

    /// <summary>The highest version of an achievement.</summary>
    public const int MaxVersion = 999_999;

    /// <summary>The most hours of workload of one achievement.</summary>
    public const double MaxWorkloadHours = 100_000;

    /// <summary>The most groups of one pathway.</summary>
    public const int MaxPathwayGroups = 16;

    /// <summary>The most achievements that the groups of one pathway name together.</summary>
    public const int MaxPathwayItems = 128;

    /// <summary>The most versions that one place of a pathway names.</summary>
    public const int MaxPathwayItemVersions = 16;

    /// <summary>The most prerequisites of one pathway, and what one of them may need.</summary>
    public const int MaxPathwayPrerequisites = 32;

    /// <summary>The most fields, or institutions, of a pathway's pool.</summary>
    public const int MaxPathwayPoolEntries = 32;

    /// <summary>The most ECTS credits of one pathway.</summary>
    public const double MaxPathwayCredits = 600;

    /// <summary>The longest time limit of a pathway, in months.</summary>
    public const int MaxPathwayMonths = 600;

    /// <summary>The most offers of one achievement.</summary>
    public const int MaxOffers = 64;

    /// <summary>The earliest year of an offer.</summary>
    public const int MinOfferYear = 2000;

    /// <summary>The latest year in which an offer begins.</summary>
    public const int MaxOfferYear = 2199;

    /// <summary>The most days of an offer, both ends included.</summary>
    public const int MaxOfferDays = 1830;

    /// <summary>The most places of an offer.</summary>
    public const int MaxPlaces = 1_000_000;

    /// <summary>The most that an offer costs, in whichever currency.</summary>
    public const double MaxCost = 10_000_000;

    /// <summary>The positions of every status list: it holds the largest issuance, and hides the smallest.</summary>
    public const int StatusListSize = 1 << 20;

    /// <summary>The lowest level of the European Qualifications Framework.</summary>
    public const int MinEqfLevel = 1;

    /// <summary>The highest level of the European Qualifications Framework.</summary>
    public const int MaxEqfLevel = 8;

    /// <summary>The longest time that a ballot is open, in days.</summary>
    public const int MaxBallotDays = 366;

    /// <summary>The most terms of accreditors that the consortium's record keeps.</summary>
    public const int MaxAccreditorTerms = 256;

    /// <summary>The most statements about one accreditation, a last withdrawal not counted.</summary>
    public const int MaxAccreditationChanges = 100;

    /// <summary>
    /// The most accreditations of one institution that one query answers; of more than that it answers none.
    /// </summary>
    public const int MaxAccreditationsPerQuery = 5000;

    /// <summary>The most parties of one agreement.</summary>
    public const int MaxAgreementParties = 64;

    /// <summary>The most clauses of one version of an agreement.</summary>
    public const int MaxAgreementClauses = 64;

    /// <summary>The most lines of a clause's conversion table of grades.</summary>
    public const int MaxGradeConversions = 64;

    /// <summary>The longest grade, in characters.</summary>
    public const int MaxGradeLength = 64;

    /// <summary>The most versions of one agreement.</summary>
    public const int MaxAgreementVersions = 100;

    /// <summary>The longest trust file of an agreement with another consortium, in bytes.</summary>
    public const int MaxTrustBytes = 32 * 1024;

    /// <summary>How old a head of another consortium's log may be at most, in minutes: a year.</summary>
    public const int MaxHeadAgeMinutes = 366 * 24 * 60;

    /// <summary>The longest notice of an agreement, in days.</summary>
    public const int MaxNoticeDays = 3660;

    /// <summary>To how many decimals recognized credits are rounded.</summary>
    public const int CreditDecimals = 2;
}
