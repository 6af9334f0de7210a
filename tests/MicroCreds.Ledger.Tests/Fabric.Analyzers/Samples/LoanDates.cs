using System.Diagnostics;
using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class LoanDates
{
    public static async Task LendAsync(TransactionContext context, string book)
    {
        var watch = Stopwatch.StartNew(); // MCF0001
        var due = DateTime.UtcNow.AddDays(14); // MCF0001
        await context.Stub.PutStateAsync(book, Encoding.UTF8.GetBytes(due.ToString("O")));
        await context.Stub.PutStateAsync(book + ".took", BitConverter.GetBytes(watch.ElapsedTicks)); // MCF0001
    }

    public static bool IsLate(DateTimeOffset due) => due < DateTimeOffset.Now; // MCF0001

    public static long Age(TimeProvider time) => time.GetTimestamp() - Environment.TickCount64; // MCF0001 MCF0001
}
