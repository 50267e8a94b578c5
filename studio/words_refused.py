"""What the server refuses, in the page's languages. It says one English sentence, for the page, the API and the command line alike; the
page looks here for that sentence and shows it in the person's language, or as it is where it does not stand here (`refusal` in part.js).

Every entry is Spanish, English, Russian, as in `words`; the English one is the server's, word for word, {names} for what it fills in.
"""

PICTURES = (
    (
        "{file} no es una imagen que aquí se pueda leer (PNG, JPEG, WebP, GIF, BMP o TIFF).",
        "{file} is not a picture that can be read here (PNG, JPEG, WebP, GIF, BMP or TIFF).",
        "{file} — не картинка, которую здесь можно прочитать (PNG, JPEG, WebP, GIF, BMP или TIFF).",
    ),
    (
        "{file} es demasiado grande: se pueden leer como mucho {most} millones de píxeles.",
        "{file} is too large: at most {most} million pixels can be read.",
        "{file} слишком велик: прочитать можно не больше {most} млн пикселей.",
    ),
    (
        "{file} es demasiado grande: {width} x {height} píxeles, y se pueden leer como mucho {most} por lado.",
        "{file} is too large: {width} x {height} pixels, at most {most} a side can be read.",
        "{file} слишком велик: {width} x {height} пикселей, а прочитать можно не больше {most} по стороне.",
    ),
    (
        "{file} es demasiado grande: {width} x {height} píxeles, y se pueden leer como mucho {most} millones en total.",
        "{file} is too large: {width} x {height} pixels, at most {most} million in all can be read.",
        "{file} слишком велик: {width} x {height} пикселей, а прочитать можно не больше {most} млн всего.",
    ),
    (
        "{file} está dañado: no se pudo leer su imagen hasta el final.",
        "{file} is damaged: its picture could not be read to the end.",
        "{file} повреждён: картинку не удалось прочитать до конца.",
    ),
    (
        "La imagen contiene números de coma flotante; se esperaban 8 o 16 bits.",
        "The picture holds floating point numbers; expected 8 or 16 bits.",
        "В картинке числа с плавающей запятой; ожидались 8 или 16 бит.",
    ),
    (
        "Sube un archivo de imagen, por favor.",
        "Upload a picture file, please.",
        "Загрузите, пожалуйста, файл с картинкой.",
    ),
    (
        "La imagen es demasiado grande para pintarla: {width} x {height} píxeles; como mucho {side} por lado y {most} en total.",
        "The picture is too large to paint: {width} x {height} pixels, at most {side} a side and {most} in all.",
        "Картинка слишком велика, чтобы её писать: {width} x {height} пикселей; не больше {side} по стороне и {most} всего.",
    ),
    (
        "El lienzo está vacío: dibuja algo primero.",
        "The canvas is empty: draw something first.",
        "Холст пуст: сначала нарисуйте что-нибудь.",
    ),
    (
        "Dibuja algo primero.",
        "Draw something first.",
        "Сначала нарисуйте что-нибудь.",
    ),
)

LABEL_MAPS = (
    (
        "El mapa de clases mide {width} x {height}; se esperaba {w} x {h}, o esa forma a otro tamaño.",
        "The label map is {width} x {height}; expected {w} x {h}, or that shape at another size.",
        "Карта классов — {width} x {height}; ожидалось {w} x {h} или та же форма другого размера.",
    ),
    (
        "El mapa de clases contiene los números {ids}; hay {count} clases, de 0 a {last}.",
        "The label map holds the ids {ids}; there are {count} classes, 0 to {last}.",
        "В карте классов номера {ids}; классов {count}, от 0 до {last}.",
    ),
    (
        "El mapa de clases contiene valores {mode}; se esperaban números de 8 bits o los colores de la paleta.",
        "The label map holds {mode} values; expected 8-bit ids or the palette's colours.",
        "В карте классов значения {mode}; ожидались 8-битные номера или цвета палитры.",
    ),
    (
        "El {share} de los píxeles está lejos de todos los colores de la paleta: no es un mapa de estas clases.",
        "{share} of the picture's pixels are far from every colour of the palette: it is no label map of these classes.",
        "{share} пикселей далеки от всех цветов палитры: это не карта этих классов.",
    ),
)

OPENING = (
    (
        "{title} no tiene ninguna red que vuelva.",
        "{title} has no translator that goes back.",
        "У «{title}» нет сети, ведущей обратно.",
    ),
    (
        "Tu propia red ya no está abierta, porque otros necesitaban el sitio o se cortó la conexión: ábrela otra vez.",
        "Your own translator is not open any more, since others needed the room or the connection was lost: open it again.",
        "Ваша сеть больше не открыта: место понадобилось другим или связь прервалась. Откройте её снова.",
    ),
    (
        "{file} no llegó entero: envíalo otra vez.",
        "{file} did not arrive whole: send it again.",
        "{file} дошёл не целиком: отправьте его ещё раз.",
    ),
    (
        "{file} es demasiado grande: {size} MB, y se pueden abrir como mucho {most} MB.",
        "{file} is too large: {size} MB, and at most {most} MB can be opened.",
        "{file} слишком велик: {size} МБ, а открыть можно не больше {most} МБ.",
    ),
    (
        "Elige un punto de control, o nombra un modelo del Hub.",
        "Choose a checkpoint file, or name a model on the Hub.",
        "Выберите чекпойнт или назовите модель на Hub.",
    ),
    (
        "{file} está vacío (0 bytes).",
        "{file} is empty (0 bytes).",
        "{file} пуст (0 байт).",
    ),
    (
        "{file} está comprimido, y los archivos de torch no lo están: ocuparía {size} bytes.",
        "{file} is compressed, which torch's own files are not: it would unpack to {size} bytes.",
        "{file} сжат, а файлы torch не сжимают: распаковался бы в {size} байт.",
    ),
    (
        "{file} pide más memoria que la de sus pesos (bytearray), así que se queda cerrado.",
        "{file} asks for memory beyond its weights (bytearray), so it stays closed.",
        "{file} просит памяти сверх своих весов (bytearray), поэтому остаётся закрытым.",
    ),
    (
        "{file} es una imagen ({format}), no un punto de control.",
        "{file} is a picture ({format}), not a checkpoint.",
        "{file} — картинка ({format}), а не чекпойнт.",
    ),
    (
        "{file} quiere ejecutar código al abrirse ({code}), así que se queda cerrado: lo que se abre solo contiene pesos, como los "
        "escribe torch.save(network.state_dict(), path).",
        "{file} wants to run code when it is opened ({code}), so it stays closed: a checkpoint that opens holds weights alone, as "
        "torch.save(network.state_dict(), path) writes them.",
        "{file} хочет выполнить код при открытии ({code}), поэтому остаётся закрытым: открывается то, в чём одни веса, как их пишет "
        "torch.save(network.state_dict(), path).",
    ),
    (
        "{file} es un programa TorchScript, no un punto de control: lo que se abre aquí es un state dict.",
        "{file} is a TorchScript program, not a checkpoint: what opens here is a state dict.",
        "{file} — программа TorchScript, а не чекпойнт: здесь открывается state dict.",
    ),
    (
        "{file} no es un punto de control que torch pueda leer, o solo es una parte.",
        "{file} is no checkpoint that torch can read, or only a part of one.",
        "{file} — не чекпойнт, который может прочитать torch, или лишь его часть.",
    ),
    (
        "{file} no contiene ninguna red de pix2pix, CycleGAN o pix2pixHD: su primera clave es {key}.",
        "{file} holds no network of pix2pix, CycleGAN or pix2pixHD: its first key is {key}.",
        "В {file} нет сети pix2pix, CycleGAN или pix2pixHD: первый ключ — {key}.",
    ),
    (
        "{file} no contiene ninguna red de pix2pix, CycleGAN o pix2pixHD: no hay pesos en él.",
        "{file} holds no network of pix2pix, CycleGAN or pix2pixHD: it holds no weights at all.",
        "В {file} нет сети pix2pix, CycleGAN или pix2pixHD: в нём вообще нет весов.",
    ),
    (
        "{file} contiene varias redes, {places}: elige una.",
        "{file} holds several networks, {places}: name one of them (part).",
        "В {file} несколько сетей, {places}: выберите одну.",
    ),
    (
        "{file} es {title}, que por sí solo no traduce nada: abre el generador.",
        "{file} is a {title}, which translates nothing by itself: import the generator.",
        "{file} — {title}, сам по себе он ничего не переводит: откройте генератор.",
    ),
    (
        "{file} da {count} canales, que no son una imagen.",
        "{file} gives {count} channels, which are no picture.",
        "{file} даёт {count} каналов, а это не картинка.",
    ),
    (
        "{file} recibe {ins} canales; las {count} clases de {palette} y sus bordes son {sum}.",
        "{file} takes {ins} channels; the {count} classes of {palette} and their boundaries are {sum}.",
        "{file} принимает {ins} каналов; {count} классов {palette} и их границы — это {sum}.",
    ),
    (
        "{file} está incompleto ({title}): {why}.",
        "{file} is no whole {title}: {why}.",
        "{file} неполон ({title}): {why}.",
    ),
    (
        "{file} dice tener más números de los que contiene.",
        "{file} claims more numbers than it holds.",
        "{file} заявляет больше чисел, чем в нём есть.",
    ),
    (
        "Un modelo del Hub se llama owner/name u owner/name@revision, no {address}.",
        "A model on the Hub is called owner/name or owner/name@revision, not {address}.",
        "Модель на Hub называется owner/name или owner/name@revision, а не {address}.",
    ),
    (
        "{repo} solo está abierto a quienes su dueño deja entrar: aquí se abre lo público.",
        "{repo} is open only to those whom its owner lets in: what opens here is public.",
        "{repo} открыт лишь тем, кого впустил владелец: здесь открывается общедоступное.",
    ),
    (
        "En el Hub no hay ningún modelo público {repo}.",
        "The Hub has no public model {repo}.",
        "На Hub нет общедоступной модели {repo}.",
    ),
    (
        "{repo} no tiene la revisión {revision}.",
        "{repo} has no revision {revision}.",
        "У {repo} нет ревизии {revision}.",
    ),
    (
        "A {repo} en {revision} le falta {model} o {config}: se abren safetensors, con una configuración que aquí se conozca.",
        "{repo} at {revision} has not both {model} and {config}: what opens is safetensors, with a config that is known here.",
        "В {repo} ({revision}) нет {model} или {config}: открываются safetensors с известной здесь конфигурацией.",
    ),
    (
        "HF_HUB_OFFLINE mantiene este servidor fuera del Hub.",
        "HF_HUB_OFFLINE keeps this server away from the Hub.",
        "HF_HUB_OFFLINE не пускает этот сервер на Hub.",
    ),
    (
        "No se pudo preguntar al Hub ({hub}) por {repo} ({error}).",
        "The Hub ({hub}) could not be asked for {repo} ({error}).",
        "Не удалось спросить Hub ({hub}) о {repo} ({error}).",
    ),
    (
        "No se pudo obtener {repo} del Hub ({error}).",
        "{repo} could not be had from the Hub ({error}).",
        "Не удалось получить {repo} с Hub ({error}).",
    ),
)

SENTENCES = PICTURES + LABEL_MAPS + OPENING
