using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Tallies
{
    public static async Task CountAsync(TransactionContext context, string[] votes)
    {
        var tally = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string vote in votes)
        {
            tally[vote] = tally.GetValueOrDefault(vote) + 1;
        }

        foreach (var (choice, count) in tally) // MCF0006
        {
            await context.Stub.PutStateAsync(choice, BitConverter.GetBytes(count));
        }

        string winner = tally.Keys.First(); // MCF0006
        foreach (string name in context.Stub.Transient.Keys) // MCF0006
        {
            await context.Stub.DeleteStateAsync(name + winner);
        }
    }

    public static int Sum(Dictionary<string, int> tally) => tally.Where(one => one.Value > 1).Sum(one => one.Value);
}
