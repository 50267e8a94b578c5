"""The page's words. A room is what one part of the page says; every entry is Spanish, English, Russian."""

import gradio as gr

from studio.words_learn import LEARN

LANGUAGES = ("es", "en", "ru")

TITLES = {
    "title_shoes": ("Zapatillas", "Shoes", "Кроссовки"),
    "title_emoji": ("Emojis", "Emoji", "Эмодзи"),
    "title_horse2zebra": ("Caballo a cebra", "Horse to zebra", "Лошадь в зебру"),
    "title_zebra2horse": ("Cebra a caballo", "Zebra to horse", "Зебра в лошадь"),
    "title_photo2monet": ("Foto a Monet", "Photo to Monet", "Фото в Моне"),
    "title_monet2photo": ("Monet a foto", "Monet to photo", "Моне в фото"),
}
REFUSED = (
    "No se pudo enviar el archivo: como mucho 20 MB.",
    "The file could not be sent: 20 MB at most.",
    "Файл не отправлен: не больше 20 МБ.",
)

ROOMS: dict[str, dict[str, tuple[str, str, str]]] = {
    "page": {
        "tab_draw": ("Dibujar", "Draw", "Рисовать"),
        "tab_photos": ("Fotos", "Photos", "Фото"),
        "tab_learn": ("Aprender", "Learn", "Понять"),
        "surprise": ("Sorpréndeme", "Surprise me", "Удивите меня"),
    },
    "canvas": {
        "tools": ("Herramientas de dibujo", "Drawing tools", "Инструменты рисования"),
        "canvas": ("lienzo", "canvas", "холст"),
        "help": (
            "Lienzo. Las flechas mueven el lápiz, la barra espaciadora lo baja o lo levanta; B lápiz, E goma, corchetes para el grosor.",
            "Canvas. Arrow keys move the pen, Space sets it down or lifts it; B pen, E eraser, brackets for the width.",
            "Холст. Стрелки двигают карандаш, пробел опускает или поднимает его; B — карандаш, E — ластик, скобки — толщина.",
        ),
        "invite": ("Dibuja aquí", "Draw here", "Рисуйте здесь"),
        "pen": ("Lápiz", "Pen", "Карандаш"),
        "pen_hint": ("Lápiz (B)", "Pen (B)", "Карандаш (B)"),
        "eraser": ("Goma", "Eraser", "Ластик"),
        "eraser_hint": ("Goma (E)", "Eraser (E)", "Ластик (E)"),
        "width": ("Grosor", "Width", "Толщина"),
        "width_hint": ("Grosor ([ y ])", "Width ([ and ])", "Толщина ([ и ])"),
        "undo": ("Deshacer", "Undo", "Отменить"),
        "undo_hint": ("Deshacer (Ctrl+Z)", "Undo (Ctrl+Z)", "Отменить (Ctrl+Z)"),
        "redo": ("Rehacer", "Redo", "Повторить"),
        "redo_hint": ("Rehacer (Ctrl+Y)", "Redo (Ctrl+Y)", "Повторить (Ctrl+Y)"),
        "clear": ("Borrar todo", "Clear", "Очистить"),
        "down": ("Lápiz abajo", "Pen down", "Карандаш опущен"),
        "up": ("Lápiz arriba", "Pen up", "Карандаш поднят"),
    },
    "picture": {
        "empty": (
            "Dibuja algo: aquí aparecerá pintado.",
            "Draw something: it will appear here, painted.",
            "Нарисуйте что-нибудь — здесь появится картина.",
        ),
        "alt": ("Imagen pintada: {translator}", "Painted picture: {translator}", "Картина: {translator}"),
        **TITLES,
        "compare": ("Comparar el dibujo con la imagen", "Compare drawing and picture", "Сравнить рисунок и картину"),
        "ms": ("ms por imagen", "ms a picture", "мс на картину"),
        "round": (" · {ms} del trazo", " · {ms} from the pen", " · {ms} от штриха"),
        "download": ("Descargar", "Download", "Скачать"),
        "save_drawing": ("Dibujo", "Drawing", "Рисунок"),
        "save_picture": ("Imagen", "Picture", "Картина"),
        "save_both": ("Ambos", "Both", "Вместе"),
    },
    "picker": {
        "label_drawing": ("Qué pinta la red", "What the network paints", "Что рисует нейросеть"),
        "label_photo": ("En qué convierte la red tu foto", "What the network makes of your photo", "Что нейросеть сделает из фото"),
        "missing": ("no disponible", "not available", "недоступно"),
        "about_shoes": ("foto a partir de líneas", "a photo from lines", "фото по линиям"),
        "about_emoji": ("color a partir de líneas", "colour from lines", "цвет по линиям"),
        "about_horse2zebra": ("con rayas", "stripes put on", "с полосками"),
        "about_zebra2horse": ("sin rayas", "stripes taken off", "без полосок"),
        "about_photo2monet": ("como un cuadro", "as a painting", "как картина"),
        "about_monet2photo": ("como una foto", "as a photograph", "как снимок"),
        **TITLES,
    },
    "sample": {
        "seed": ("Semilla", "Seed", "Зерно"),
        "seed_hint": (
            "La misma semilla da la misma imagen",
            "The same seed gives the same picture",
            "Одно и то же зерно даёт одну и ту же картину",
        ),
        "seed_wrong": (
            "La semilla es un número entero de 0 a 2147483647.",
            "The seed is a whole number from 0 to 2147483647.",
            "Зерно — целое число от 0 до 2147483647.",
        ),
        "dice": ("Otra", "Another", "Ещё одна"),
        "dice_hint": ("Otra versión: semilla al azar", "Another version: a random seed", "Другой вариант: случайное зерно"),
        "noise": ("Azar", "Noise", "Шум"),
        "noise_hint": (
            "El azar de la red (dropout): sin él, la semilla solo elige el color",
            "The network's own dice (dropout): without it the seed only picks the colour",
            "Случайность внутри сети (dropout): без неё зерно выбирает только цвет",
        ),
    },
    "colour": {
        "label": ("Color", "Colour", "Цвет"),
        "auto": ("Automático", "Automatic", "Авто"),
        "auto_hint": ("El color lo elige la semilla", "The seed picks the colour", "Цвет выбирает зерно"),
        "own": ("Color propio", "Your own colour", "Свой цвет"),
    },
    "doctor": {
        "empty": (
            "El médico de bocetos espera tu primer trazo.",
            "The sketch doctor waits for your first line.",
            "Доктор эскизов ждёт первой линии.",
        ),
        "little": (
            "Falta dibujo: la tinta cubre el {value} %; la red aprendió con {low}–{high} %. Añade líneas.",
            "Little ink yet: {value} % of the paper; the network learnt from {low}–{high} %. Add lines.",
            "Пока мало линий: {value} % бумаги, а сеть училась на {low}–{high} %. Добавьте деталей.",
        ),
        "thick": (
            "Líneas gruesas: {value} px; la red aprendió con {low}–{high} px.",
            "Thick lines: {value} px; the network learnt from {low}–{high} px.",
            "Толстые линии: {value} пикс., а сеть училась на {low}–{high}.",
        ),
        "thin": (
            "Líneas finas: {value} px; la red aprendió con {low}–{high} px. Usa un lápiz más grueso.",
            "Thin lines: {value} px; the network learnt from {low}–{high} px. Take a wider pen.",
            "Тонкие линии: {value} пикс., а сеть училась на {low}–{high}. Возьмите карандаш потолще.",
        ),
        "open": (
            "El contorno está abierto. Une los extremos de las líneas.",
            "The outline is open. Join the ends of the lines.",
            "Контур не замкнут. Соедините концы линий.",
        ),
        "much": (
            "Mucha tinta: {value} %; la red aprendió con {low}–{high} %. Borra lo que sobra.",
            "Much ink: {value} %; the network learnt from {low}–{high} %. Erase what is not needed.",
            "Много чернил: {value} %, а сеть училась на {low}–{high} %. Сотрите лишнее.",
        ),
        "good": (
            "Buen boceto: así son los dibujos que la red conoce.",
            "A good sketch: like those the network knows.",
            "Хороший эскиз: такие сеть и знает.",
        ),
        "thin_lines": ("Afinar las líneas", "Thin the lines", "Сделать линии тоньше"),
        "sees": ("Lo que ve la red", "What the network sees", "Что видит сеть"),
        "sees_size": ("{width} × {height} píxeles", "{width} × {height} pixels", "{width} × {height} пикселей"),
    },
    "uploads": {
        "photo": ("Usar una foto", "Use a photo", "Взять фото"),
        "photo_hint": (
            "Una foto de un dibujo en papel, o de una cosa: se convierte en líneas",
            "A photo of a drawing on paper, or of a thing: it is turned into lines",
            "Фото рисунка на бумаге или предмета: оно превратится в линии",
        ),
        "refused": REFUSED,
    },
    "source": {
        "ways": ("De dónde viene la foto", "Where the photo comes from", "Откуда фото"),
        "choose": ("Elegir foto", "Choose a photo", "Выбрать фото"),
        "choose_hint": (
            "Un archivo PNG, JPEG, WebP, GIF, BMP o TIFF",
            "A PNG, JPEG, WebP, GIF, BMP or TIFF file",
            "Файл PNG, JPEG, WebP, GIF, BMP или TIFF",
        ),
        "camera": ("Cámara", "Camera", "Камера"),
        "camera_hint": (
            "Se enciende ahora y se apaga tras la foto",
            "It starts now and stops after the shot",
            "Включится сейчас и выключится после снимка",
        ),
        "invite": ("Suelta una foto aquí", "Drop a photo here", "Перетащите фото сюда"),
        "invite_how": (
            "o pégala con Ctrl+V, o elige un archivo",
            "or paste it with Ctrl+V, or choose a file",
            "или вставьте его через Ctrl+V, или выберите файл",
        ),
        "alt": ("Tu foto", "Your photo", "Ваше фото"),
        "live": ("Imagen de la cámara", "What the camera sees", "Изображение с камеры"),
        "facts": ("{width} × {height} px", "{width} × {height} px", "{width} × {height} пикс."),
        "shoot": ("Tomar la foto", "Take the photo", "Снять"),
        "close": ("Apagar la cámara", "Stop the camera", "Выключить камеру"),
        "camera_none": ("No hay ninguna cámara en este aparato.", "There is no camera on this device.", "На этом устройстве нет камеры."),
        "camera_refused": (
            "El navegador no tiene permiso para usar la cámara: permítelo en los ajustes de la página.",
            "The browser may not use the camera: allow it in the page's settings.",
            "Браузеру не разрешено использовать камеру: разрешите это в настройках страницы.",
        ),
        "camera_insecure": (
            "El navegador solo abre la cámara en páginas https o de este mismo ordenador.",
            "The browser opens a camera only for https pages, or pages of this computer.",
            "Браузер открывает камеру только для страниц https или с этого же компьютера.",
        ),
        "camera_failed": (
            "La cámara no arranca: quizá la usa otro programa.",
            "The camera does not start: another program may be using it.",
            "Камера не включается: возможно, её использует другая программа.",
        ),
        "no_file": (
            "Eso no era un archivo: guarda la imagen y suéltala desde su carpeta.",
            "That was no file: save the picture and drop it from its folder.",
            "Это не файл: сохраните картинку и перетащите её из папки.",
        ),
        "refused": REFUSED,
    },
    "samples": {
        "label": ("Ejemplos", "Examples", "Примеры"),
        "sample": ("Ejemplo {number}", "Example {number}", "Пример {number}"),
    },
    "restyled": {
        "resolution": ("Resolución", "Resolution", "Разрешение"),
        "quick": ("Rápida", "Quick", "Быстро"),
        "quick_hint": ("El lado corto a 256 píxeles", "The shorter side at 256 pixels", "Короткая сторона 256 пикселей"),
        "fine": ("Fina", "Fine", "Чётко"),
        "fine_hint": ("El lado corto a 512 píxeles", "The shorter side at 512 pixels", "Короткая сторона 512 пикселей"),
        "full": ("Completa", "Full", "Целиком"),
        "full_hint": (
            "Todos los píxeles, en teselas que se solapan; hasta 4096 de largo",
            "Every pixel, in overlapping tiles; up to 4096 long",
            "Все пиксели, перекрывающимися плитками; до 4096 в длину",
        ),
        "sides": ("Entera | teselas", "Whole | tiled", "Целое | плитки"),
        "sides_hint": (
            "La respuesta a la foto entera junto a la hecha por teselas, al mismo tamaño",
            "The answer to the whole photo beside the one made in tiles, at one size",
            "Ответ на целое фото рядом с ответом по плиткам, в одном масштабе",
        ),
        "panes": (
            "Entera y por teselas: arrastra o usa las flechas para moverlas juntas",
            "Whole and tiled: drag, or use the arrow keys, to move both",
            "Целое и по плиткам: двигайте мышью или стрелками",
        ),
        "whole": ("Entera, 512", "Whole, 512", "Целое, 512"),
        "tiled": ("Por teselas", "Tiled", "По плиткам"),
        "empty": (
            "Elige una foto: aquí aparecerá en otro estilo.",
            "Choose a photo: it will appear here, restyled.",
            "Выберите фото — здесь оно появится в другом стиле.",
        ),
        "alt": ("Foto traducida: {translator}", "Translated photo: {translator}", "Переведённое фото: {translator}"),
        **TITLES,
        "compare": ("Comparar la foto con la traducción", "Compare photo and translation", "Сравнить фото и перевод"),
        "line": ("En cola…", "In line…", "В очереди…"),
        "working": ("Traduciendo…", "Translating…", "Перевожу…"),
        "tiles": ("Tesela {done} de {total}", "Tile {done} of {total}", "Плитка {done} из {total}"),
        "progress": ("Cuánto está hecho", "How much is done", "Сколько готово"),
        "stop": ("Detener", "Stop", "Остановить"),
        "stopped": ("Detenido.", "Stopped.", "Остановлено."),
        "again": ("Otra vez", "Again", "Ещё раз"),
        "size": (" · {width} × {height}", " · {width} × {height}", " · {width} × {height}"),
        "strength": ("Intensidad", "Strength", "Сила"),
        "blend": (
            "{share} %: {share} % de traducción sobre {rest} % de foto",
            "{share} %: {share} % translation over {rest} % photo",
            "{share} %: {share} % перевода поверх {rest} % фото",
        ),
        "download": ("Descargar", "Download", "Скачать"),
        "save_picture": ("Imagen", "Picture", "Картина"),
        "save_both": ("Ambas", "Both", "Вместе"),
    },
    "styles": {
        "title": ("Todos los estilos", "All styles", "Все стили"),
        "explain": (
            "La misma foto por todas las redes. Pulsa una imagen para verla en grande.",
            "The same photo through every network. Press a picture to open it above.",
            "То же фото через все нейросети. Нажмите картину, чтобы открыть её выше.",
        ),
        "all": ("Ver todos", "Show all", "Показать все"),
        "open": ("Abrir: {title}", "Open: {title}", "Открыть: {title}"),
        **TITLES,
    },
    "cycle": {
        "title": ("Ida y vuelta", "There and back", "Туда и обратно"),
        "explain": (
            "G traduce la foto x y su inversa F la trae de vuelta: así aprendió el par, sin fotos emparejadas. El mapa enseña dónde "
            "F(G(x)) no es x.",
            "G translates the photo x and its inverse F brings it back: this is how the pair learnt, without pairs of photos. The map "
            "shows where F(G(x)) is not x.",
            "G переводит фото x, а обратная F возвращает его: так пара и училась, без парных фото. Карта показывает, где F(G(x)) — не x.",
        ),
        "strip": ("Las vueltas, una tras otra", "The rounds, one after the other", "Круги, один за другим"),
        "photo": ("La foto", "The photo", "Фото"),
        "go": ("Ir y volver", "Go there and back", "Туда и обратно"),
        "again": ("Otra vuelta", "Go round again", "Ещё круг"),
        "one": (
            "1 vuelta; la próxima parte de esta reconstrucción",
            "1 round; the next starts from this reconstruction",
            "1 круг; следующий начнётся с этой реконструкции",
        ),
        "count": (
            "{count} vueltas; cada una parte de la reconstrucción anterior",
            "{count} rounds; each starts from the reconstruction before it",
            "Кругов: {count}; каждый начинается с предыдущей реконструкции",
        ),
        "round": ("Vuelta {number}", "Round {number}", "Круг {number}"),
        "there": ("G(x) · {there}", "G(x) · {there}", "G(x) · {there}"),
        "there_again": ("G · {there}", "G · {there}", "G · {there}"),
        "back": ("F(G(x)) · {back}", "F(G(x)) · {back}", "F(G(x)) · {back}"),
        "map": (
            "|F(G(x)) − x|: negro 0, blanco desde 128",
            "|F(G(x)) − x|: black 0, white from 128",
            "|F(G(x)) − x|: чёрный 0, белый от 128",
        ),
        "term": (
            "λ · ‖F(G(x)) − x‖₁ = 10 × {l1} = {term}, en [−1, 1]",
            "λ · ‖F(G(x)) − x‖₁ = 10 × {l1} = {term}, on [−1, 1]",
            "λ · ‖F(G(x)) − x‖₁ = 10 × {l1} = {term}, на [−1, 1]",
        ),
        "l1": ("L1 {value} de 255", "L1 {value} of 255", "L1 {value} из 255"),
        "jpeg": ("Lo que esconde el par", "What the pair hides", "Что прячет пара"),
        "jpeg_explain": (
            "G puede anotar la foto en G(x) con un ruido que no se ve, y F leerlo. Un JPEG de calidad 75 borra ese ruido: si la vuelta "
            "empeora mucho, algo iba escondido (Chu, 2017).",
            "G may write the photo into G(x) as noise that nobody sees, for F to read. A JPEG of quality 75 wipes such noise out: where "
            "the way back gets much worse, something was hidden (Chu, 2017).",
            "G может записать фото в G(x) незаметным шумом, а F — прочесть его. JPEG качества 75 стирает такой шум: если обратный путь "
            "стал намного хуже, там что-то пряталось (Chu, 2017).",
        ),
        "jpeg_go": ("Pasar G(x) por JPEG", "Send G(x) through a JPEG", "Пропустить G(x) через JPEG"),
        "jpeg_before": ("F(G(x))", "F(G(x))", "F(G(x))"),
        "jpeg_after": ("F(JPEG(G(x)))", "F(JPEG(G(x)))", "F(JPEG(G(x)))"),
        "jpeg_moved": (
            "El JPEG mismo cambió G(x) en {value} de 255.",
            "The JPEG itself changed G(x) by {value} of 255.",
            "Сам JPEG изменил G(x) на {value} из 255.",
        ),
        "identity": ("Prueba de identidad", "Identity test", "Проверка тождества"),
        "identity_explain": (
            "La pérdida de identidad pide a F dejar como está una foto que ya es de las suyas: F(x) ≈ x.",
            "The identity loss asks F to leave alone a photo that is already one of its own: F(x) ≈ x.",
            "Тождественная потеря просит F не трогать фото, которое уже из её мира: F(x) ≈ x.",
        ),
        "identity_go": ("Pasar x por F", "Send x through F", "Пропустить x через F"),
        "identity_before": ("x", "x", "x"),
        "identity_after": ("F(x) · {back}", "F(x) · {back}", "F(x) · {back}"),
        **TITLES,
    },
    "identity": {
        "method": ("Método", "Method", "Метод"),
        "data": ("Datos", "Data", "Данные"),
        "licence": ("Licencia", "Licence", "Лицензия"),
        "failures": ("Dónde falla", "Where it fails", "Где ошибается"),
        "credit": ("Créditos", "Credit", "Авторы"),
        "figures": ("Medido con las imágenes de prueba", "Measured on the test pictures", "Измерено на тестовых картинах"),
        "shelf_test": (
            "Imágenes de prueba: dibujo, lo pintado y la foto que la red nunca vio",
            "Test pictures: drawing, painted, and the photo that the network never saw",
            "Тестовые картины: рисунок, результат и фото, которого сеть не видела",
        ),
        "shelf_photo_test": (
            "Fotos de prueba y su traducción",
            "Test photos and their translations",
            "Тестовые фото и их перевод",
        ),
        "shelf_cycle": ("Ida y vuelta: x, G(x), F(G(x))", "There and back: x, G(x), F(G(x))", "Туда и обратно: x, G(x), F(G(x))"),
        "shelf_hands": ("Dibujos a mano", "Hand drawings", "Рисунки от руки"),
        "shelf_widths": (
            "El mismo dibujo con lápices cada vez más gruesos",
            "One drawing with wider and wider pens",
            "Один рисунок карандашами разной толщины",
        ),
        "shelf_failures": ("Fallos", "Failures", "Неудачи"),
        **TITLES,
    },
    **LEARN,
}

I18N = gr.I18n(**{language: {key: row[i] for key, row in ROOMS["page"].items()} for i, language in enumerate(LANGUAGES)})


def room(name: str) -> dict[str, dict[str, str]]:
    """A part's words by language, for its script to pick from."""
    return {language: {key: row[i] for key, row in ROOMS[name].items()} for i, language in enumerate(LANGUAGES)}
