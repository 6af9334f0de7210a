using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning.Asking;
using MicroCreds.Ledger.Planning.Choosing;

namespace MicroCreds.Ledger.Planning.Explaining;

/// <summary>
/// Finds what nobody can begin because each of it must be finished before the next: a starts after b, and b after a.
/// </summary>
internal sealed class Circles(Question question)
{
    private readonly bool[] _canBegin = Beginnings(question);

    /// <summary>Lists those that keep demands from being met, each once, from where it is first met.</summary>
    public IReadOnlyList<IReadOnlyList<OfferedAchievement>> WithinReachOf(Rules demands)
    {
        var circles = new Dictionary<string, IReadOnlyList<OfferedAchievement>>(StringComparer.Ordinal);
        foreach (int candidate in question.Countings
            .Where(one => demands.Total || demands.Groups.Contains(question.Places[one.Place].Group))
            .SelectMany(one => one.Needs.SelectMany(anyOf => anyOf).Append(one.Candidate))
            .Where(candidate => candidate >= 0 && !_canBegin[candidate]).Distinct().Order())
        {
            if (From(candidate) is { } circle)
                circles.TryAdd(string.Join(',', circle.Order()), [.. circle.Select(Told)]);
        }

        return [.. circles.Values];
    }

    /// <summary>Whether something could begin at some time if all that is offered were offered often enough.</summary>
    private static bool[] Beginnings(Question question)
    {
        bool[] can = new bool[question.Candidates.Count];
        bool isNew = true;
        while (isNew)
        {
            isNew = false;
            for (int i = 0; i < can.Length; i++)
            {
                if (can[i]) continue;
                var candidate = question.Candidates[i];
                can[i] = candidate.StartsAfter.All(anyOf => anyOf.Any(other => can[other]))
                    || candidate.Takings.Exists(taking => question.Takings[taking].IsUnderway);
                isNew |= can[i];
            }
        }

        return can;
    }

    /// <summary>Follows what must come before; none where it ends at what nobody offers at all.</summary>
    private List<int>? From(int candidate)
    {
        var way = new List<int>();
        while (!way.Contains(candidate))
        {
            way.Add(candidate);
            var barred = question.Candidates[candidate].StartsAfter
                .FirstOrDefault(anyOf => anyOf.Count > 0 && !anyOf.Any(other => _canBegin[other]));
            if (barred is null) return null;
            candidate = barred[0];
        }

        return way[way.IndexOf(candidate)..];
    }

    private OfferedAchievement Told(int candidate)
    {
        var achievement = question.Candidates[candidate].Achievement;
        return new OfferedAchievement(
            achievement.MspId, new AchievementReference(achievement.Id, achievement.Version), achievement.Name,
            achievement.Credits);
    }
}
