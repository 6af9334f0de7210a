using System.Globalization;
using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Interest
{
    public static async Task AddAsync(TransactionContext context, string account, double rate, int years)
    {
        double factor = Math.Pow(1 + rate, years); // MCF0007
        string text = factor.ToString(CultureInfo.InvariantCulture); // MCF0007
        string line = "by " + factor; // MCF0007
        string both = $"{text} {line} {rate}"; // MCF0007
        await context.Stub.PutStateAsync(account, Encoding.UTF8.GetBytes(both));
    }
}
