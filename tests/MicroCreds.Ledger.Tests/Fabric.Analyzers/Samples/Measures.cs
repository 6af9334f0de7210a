using System.Text.Json;
using System.Xml;

namespace Samples;

internal static class Measures
{
    public static object[] Write(double measure, float part, decimal sum, Utf8JsonWriter writer)
    {
        writer.WriteNumberValue(measure); // MCF0007
        writer.WriteNumber("part", part); // MCF0007
        writer.WriteNumber("sum", sum);
        return
        [
            double.Pow(measure, 2), // MCF0007
            float.Sin(part), // MCF0007
            XmlConvert.ToString(measure), // MCF0007
            JsonSerializer.Serialize(measure), // MCF0007
            JsonSerializer.SerializeToUtf8Bytes(part), // MCF0007
            XmlConvert.ToString(sum),
            JsonSerializer.Serialize(sum),
            double.Abs(measure) > 1,
            Math.Sqrt(measure) > 1,
        ];
    }
}
