using System.Net.Http;
using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class ConfiguredFees
{
    public static async Task ChargeAsync(TransactionContext context, string account)
    {
        string fee = Environment.GetEnvironmentVariable("FEE") ?? File.ReadAllText("fee.txt"); // MCF0003 MCF0003
        using var client = new HttpClient(); // MCF0003
        string rate = await client.GetStringAsync(new Uri("https://rates.example/eur")); // MCF0003
        string text = fee + Environment.NewLine + rate; // MCF0003
        await context.Stub.PutStateAsync(account, Encoding.UTF8.GetBytes(text));
        Console.WriteLine(text); // MCF0003
    }
}
