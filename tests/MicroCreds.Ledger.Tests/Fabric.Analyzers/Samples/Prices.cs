using System.Globalization;
using System.Text;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Prices
{
    public static async Task SetAsync(TransactionContext context, string id, string price)
    {
        decimal value = decimal.Parse(price); // MCF0004
        string text = value.ToString("0.00"); // MCF0004
        string line = $"{id}: {value}"; // MCF0004
        string sum = "Sum: " + value; // MCF0004
        string form = string.Format("{0}", value); // MCF0004
        string many = string.Format("{0} {1} {2} {3}", id, price, text, value); // MCF0004
        string plain = string.Format("{0}: {1} {2} {3}", id, price, text, line);
        int whole = Convert.ToInt32(price); // MCF0004
        var builder = new StringBuilder().Append(whole); // MCF0004
        builder.Append($"{whole}"); // MCF0004
        var culture = CultureInfo.CurrentCulture; // MCF0004
        string invariant = string.Create(CultureInfo.InvariantCulture, $"{value}") + whole.ToString("X");
        await context.Stub.PutStateAsync(
            id, Encoding.UTF8.GetBytes(text + line + sum + form + many + plain + builder + culture.Name + invariant));
    }
}
