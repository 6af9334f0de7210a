using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>Asks the product and the reference the same, and throws where they differ.</summary>
internal static class Questions
{
    /// <summary>Asks everything about everything.</summary>
    public static async Task AskAllAsync(HistoryWorld world, Random draw)
    {
        await world.Gateway.CatchUpAsync();
        foreach (var paper in world.Papers)
        {
            await VerifyAsync(world, paper);
            await RecognizeAsync(world, paper);
        }

        if (world.Papers.Count > 0)
            await VerifyAsync(world, Tamper(world, world.Papers[draw.Next(world.Papers.Count)], draw));
        ReadLists(world);
    }

    /// <summary>Asks about one credential.</summary>
    public static async Task AskAsync(HistoryWorld world, Random draw)
    {
        if (world.Papers.Count == 0) return;
        await world.Gateway.CatchUpAsync();
        var paper = world.Papers[draw.Next(world.Papers.Count)];
        await VerifyAsync(world, paper);
        await RecognizeAsync(world, paper);
    }

    private static async Task VerifyAsync(HistoryWorld world, Paper paper)
    {
        var expected = world.Reference.Judge(paper, world.Now);
        var verdict = await world.Gateway.VerifyAsync(paper.Document);
        string[] bad = [.. verdict.Checks.Where(check => check.Outcome is CheckOutcome.Fail or CheckOutcome.Unknown)
            .Select(check => check.Code)];
        string said = $"{paper.Name}: the product says {verdict.Kind} ({string.Join(", ", bad)}), "
            + $"the reference {expected}";
        if (!expected.Kinds.Contains(verdict.Kind.ToString())) throw new Disagreement(said);
        if (expected.Fails.Count > 0 && verdict.Kind == VerdictKind.Invalid
            && !expected.Fails.Concat(expected.Suspicions).Any(bad.Contains))
            throw new Disagreement(said);
        if (!expected.IsValid) return;
        bool isAccredited = world.Reference.IsAccredited(paper);
        if (verdict.Accreditation?.IsAccredited != isAccredited)
        {
            throw new Disagreement($"{paper.Name}: the product says {verdict.Accreditation?.Code}, the reference that "
                + $"it was{(isAccredited ? "" : " not")} accredited");
        }
    }

    private static async Task RecognizeAsync(HistoryWorld world, Paper paper)
    {
        var answers = await world.Gateway.RecognizeAsync(paper.Document);
        var byPlace = await world.Gateway.RecognizeAsync(paper.MspId, paper.Root, paper.Index);
        foreach (var actor in world.Actors.Where(actor => actor.IsRegistered))
        {
            double? expected = world.Reference.Recognize(paper, actor.MspId, world.Now);
            var answer = answers.First(one => one.Institution == actor.MspId);
            Compare(paper, actor, expected, answer, "shown whole");

            // A place does not tell what the document says, nor whether there is one.
            if (expected is null) continue;
            if (byPlace is null) throw new Disagreement($"{paper.Name}: the product finds nothing at its place");
            Compare(paper, actor, expected, byPlace.First(one => one.Institution == actor.MspId), "by its place");
        }
    }

    private static void Compare(Paper paper, Actor actor, double? expected, RecognitionAnswer answer, string how)
    {
        double? said = answer.Recognized ? answer.Credits : null;
        if (said == expected) return;
        throw new Disagreement($"{paper.Name}, {how}, at {actor.MspId}: the product says {answer.Code} {said} "
            + $"({answer.Agreement}), the reference {(expected is null ? "not recognised" : $"{expected} credits")}");
    }

    private static void ReadLists(HistoryWorld world)
    {
        foreach (var list in world.Papers.Where(world.Statuses.IsAnchored).GroupBy(paper => (paper.MspId, paper.List)))
        {
            foreach (string purpose in new[] { StatusPurpose.Revocation, StatusPurpose.Suspension })
            {
                var bits = world.Gateway.ReadList(list.Key.MspId, list.Key.List, purpose);
                var expected = world.Reference.ReadList(list, purpose, out var open);
                foreach (var paper in list.Where(paper => !open.Contains(paper.Position)))
                {
                    if (bits[paper.Position] != expected.Contains(paper.Position))
                    {
                        throw new Disagreement($"{paper.Name}: the list of {purpose} says {bits[paper.Position]}, the "
                            + $"reference {expected.Contains(paper.Position)}");
                    }
                }
            }
        }
    }

    /// <summary>A holder changes what its credential says.</summary>
    private static Paper Tamper(HistoryWorld world, Paper paper, Random draw)
    {
        var document = JsonNode.Parse(paper.Document)!.AsObject();
        bool isLedger = draw.Next(2) == 0;
        if (isLedger) document["ledgerAnchor"]!["ledger"] = "elsewhere";
        else document["validFrom"] = "2020-01-01T00:00:00Z";
        return paper with
        {
            Name = paper.Name + " (changed)",
            Document = Encoding.UTF8.GetBytes(document.ToJsonString()),
            IsProven = false,
            IsInTree = false,
            Ledger = isLedger ? "elsewhere" : world.Ledger,
        };
    }
}
