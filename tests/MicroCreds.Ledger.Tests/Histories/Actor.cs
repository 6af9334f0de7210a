using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;
using MicroCreds.Ledger.Tests.Ledger.Credentials;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>An institution of a history, with all that it keeps for itself.</summary>
internal sealed class Actor(string mspId)
{
    // Keys are made once for all histories: making them is dear, and which they are says nothing.
    private static readonly Dictionary<(string MspId, int Number), IssuerPrivateKey> Made = [];

    public string MspId { get; } = mspId;

    public List<ActorKey> Keys { get; private init; } = [];

    public List<Course> Courses { get; private init; } = [];

    /// <summary>Who it is, as the others confirmed it last; or as it says, before they ever did.</summary>
    public InstitutionIdentity Identity { get; set; } = IdentityOf(mspId, 0);

    public bool IsConfirmed { get; set; }

    public bool IsRegistered { get; set; }

    /// <summary>Who was a member when it left, itself too; none while it has not.</summary>
    public IReadOnlyList<string> LeftFrom { get; set; } = [];

    /// <summary>The next position of its status list that no issuance has.</summary>
    public int NextOffset { get; set; }

    /// <summary>Positions that its issuances have, as the contract knows.</summary>
    public List<int> Taken { get; private init; } = [];

    public ActorKey? ActiveKey => Keys.LastOrDefault(key => !key.IsWithdrawn);

    public Actor Fork() => new(MspId)
    {
        Keys = [.. Keys.Select(key => key with { })],
        Courses = [.. Courses],
        Taken = [.. Taken],
        Identity = Identity,
        IsConfirmed = IsConfirmed,
        IsRegistered = IsRegistered,
        LeftFrom = LeftFrom,
        NextOffset = NextOffset,
    };

    /// <summary>Who an institution might say that it is: the first is what it begins with.</summary>
    public static InstitutionIdentity IdentityOf(string mspId, int number)
    {
        string name = mspId.Replace("MSP", "", StringComparison.Ordinal);
        string suffix = number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);
        return new InstitutionIdentity
        {
            Name = $"{name} University {suffix}".Trim(),
            Country = "FI",
            Did = $"did:web:{name.ToLowerInvariant()}{suffix}.example",
        };
    }

    public static IssuerPrivateKey KeyOf(string mspId, int number)
    {
        lock (Made)
        {
            return Made.TryGetValue((mspId, number), out var key)
                ? key
                : Made[(mspId, number)] = IssuerPrivateKey.Generate(KeyAlgorithm.P256);
        }
    }

    public static Achievement AchievementOf(string mspId, Course course) => new()
    {
        MspId = mspId,
        Id = course.Id,
        Version = course.Version,
        Name = course.Title,
        Description = "What a history is about.",
        Criteria = "A portfolio.",
        LearningOutcomes = ["Judges a data source"],
        Credits = course.Credits,
        EqfLevel = course.Level,
        FieldOfStudy = course.Field,
        Language = "en",
        Assessment = "portfolio",
        Participation = "blended",
        QualityAssurance = "internal",
    };

    public Institution RecordOf(InstitutionIdentity identity) => new()
    {
        MspId = MspId,
        Name = identity.Name,
        Country = identity.Country,
        Did = identity.Did,
        Website = identity.Website,
        Identifiers = identity.Identifiers,
    };
}

/// <summary>A key in an institution's hands, and perhaps in others'.</summary>
internal sealed record ActorKey(string Id, IssuerPrivateKey Private)
{
    /// <summary>When it was registered; no theft is declared from before.</summary>
    public DateTimeOffset AddedAt { get; set; }

    public bool IsWithdrawn { get; set; }

    public SignedStatement<T> Sign<T>(T statement)
        where T : class => new(statement, SampleIssuer.Sign(statement, Private));
}
