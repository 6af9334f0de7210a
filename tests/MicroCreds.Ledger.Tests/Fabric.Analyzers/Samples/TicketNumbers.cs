using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class TicketNumbers
{
    public static async Task<string> SellAsync(TransactionContext context, string buyer)
    {
        string id = Guid.NewGuid().ToString("N"); // MCF0002
        int gate = Random.Shared.Next(1, 5); // MCF0002
        var seeded = new Random(42); // MCF0002
        await context.Stub.PutStateAsync(id, Encoding.UTF8.GetBytes(buyer));
        await context.Stub.PutStateAsync(id + ".gate", BitConverter.GetBytes(gate + seeded.Next())); // MCF0002
        return id;
    }
}
