using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>Short forms for the parts of pathways and of what learners have.</summary>
internal static class PathwaySamples
{
    public const string Home = "HomeMSP";
    public const string Abroad = "AbroadMSP";

    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static Achievement Achievement(
        string id, double credits, string field = "0611", int? level = 6, string mspId = Home,
        params string[] skills) =>
        new()
        {
            MspId = mspId,
            Id = id,
            Version = 1,
            Name = "The course " + id,
            Description = "About it.",
            Criteria = "Pass.",
            LearningOutcomes = ["Knows it."],
            Credits = credits,
            EqfLevel = level,
            Language = "en",
            Assessment = "exam",
            Participation = "online",
            QualityAssurance = "internal",
            FieldOfStudy = field,
            Skills = [.. skills.Select(skill => new Skill(skill, "http://data.europa.eu/esco/skill/" + skill))],
        };

    public static EarnedAchievement Earned(Achievement achievement, int monthsAgo = 3) => new(
        $"urn:uuid:{achievement.MspId}-{achievement.Id}-{monthsAgo}", achievement, Now.AddMonths(-monthsAgo));

    public static PathwayItem Item(string id, string mspId = Home, params int[] versions) => new(mspId, id, versions);

    public static PathwayGroup All(string id, params string[] items) => new()
    {
        Id = id,
        Name = id,
        Rule = PathwayRule.All,
        Items = [.. items.Select(item => Item(item))],
    };

    public static PathwayGroup Pool(string id, double? minCredits, params string[] fields) => new()
    {
        Id = id,
        Name = id,
        Rule = PathwayRule.Choice,
        MinCredits = minCredits,
        Pool = new PathwayPool { Fields = fields },
    };

    public static PathwayGroup Choice(string id, int minCount, params string[] items) => new()
    {
        Id = id,
        Name = id,
        Rule = PathwayRule.Choice,
        MinCount = minCount,
        Items = [.. items.Select(item => Item(item))],
    };

    public static Pathway Pathway(double credits, params PathwayGroup[] groups) => new()
    {
        MspId = Home,
        Id = "way",
        Version = 1,
        Name = "The way",
        Description = "Leads there.",
        Award = new AchievementReference("award", 1),
        Credits = credits,
        Groups = groups,
    };

    /// <summary>One agreement that gives a share of the credits, or stands for something at home.</summary>
    public static RecognizedAs Agreement(
        double ratio, double? cap = null, params (string Abroad, string Home)[] equivalents) =>
        Agreement("agreement-1", ratio, cap, equivalents);

    /// <summary>Several agreements that are in force side by side.</summary>
    public static RecognizedAs Both(params RecognizedAs[] all) => (achievement, at) =>
        [.. all.SelectMany(one => one(achievement, at))];

    public static RecognizedAs Agreement(
        string name, double ratio, double? cap, (string Abroad, string Home)[] equivalents) => (achievement, _) =>
        achievement.MspId != Abroad ? [] :
        [
            new RecognizedAchievement
            {
                Agreement = name,
                AgreementVersion = 2,
                Credits = achievement.Credits * ratio,
                Equivalent = equivalents.Where(pair => pair.Abroad == achievement.Id)
                    .Select(pair => new AchievementReference(pair.Home, 1)).FirstOrDefault(),
                MaxCreditsPerLearner = cap,
            },
        ];

    public static PathwayInput Input(
        Pathway pathway, IEnumerable<Achievement> earned, params IEnumerable<Achievement> catalogue) => new()
        {
            Pathway = pathway,
            Earned = [.. earned.Select(achievement => Earned(achievement))],
            Catalogue = [.. catalogue],
            AsOf = Now,
        };

    /// <summary>The identifiers of what counts, group by group.</summary>
    public static string Told(PathwayEvaluation evaluation) => string.Join(" | ", evaluation.Groups.Select(group =>
        string.Join(",", group.Counted.Select(counted => counted.Achievement.Id).Order(StringComparer.Ordinal))));

    /// <summary>The identifiers of a way's steps.</summary>
    public static string Told(PathwayWay way) => string.Join(
        ",", way.Steps.Select(step => step.Take.Achievement.Id).Order(StringComparer.Ordinal));
}
